package ai.softlabel;

/** The exit status of the process, which calling programs may rely on. */
public enum ExitStatus {
    /** The command is done. */
    DONE(0),
    /** The options or the profile are wrong. */
    OPTIONS(2),
    /** Something read (pictures, annotations, weights, a run) is missing, unreadable or does not fit. */
    INPUT(3),
    /** Training failed: it diverged, executors were lost, a disk is full. */
    TRAINING(4);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    /** The process's exit status. */
    public int code() {
        return code;
    }
}
