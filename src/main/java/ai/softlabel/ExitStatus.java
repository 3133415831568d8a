package ai.softlabel;

/** How the process ends; a contract with the programs that call it. */
public enum ExitStatus {
    /** All that was asked for was done. */
    DONE(0),
    /** The options or the profile do not say what to do. */
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
