package ai.softlabel;

import java.util.Arrays;

/**
 * A failure that a user can act on. Its message is one line that says what was expected, what was found and what to do;
 * no stack trace is shown for it. Control characters in names are shown as numbers, see {@link Plain}.
 */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitStatus status;

    public JobException(ExitStatus status, String message) {
        super(Plain.line(message));
        this.status = status;
    }

    public JobException(ExitStatus status, String message, Throwable cause) {
        super(Plain.line(message), cause);
        this.status = status;
    }

    /** What was found may be of any length. */
    private static String filled(String format, Object... values) {
        return String.format(
                format,
                Arrays.stream(values)
                        .map(v -> v instanceof String s ? Plain.within(s) : v)
                        .toArray());
    }

    /** Options or a profile that can't be used. */
    public static JobException options(String format, Object... values) {
        return new JobException(ExitStatus.OPTIONS, filled(format, values));
    }

    /** Something read that is missing, unreadable or does not fit. */
    public static JobException input(String format, Object... values) {
        return new JobException(ExitStatus.INPUT, filled(format, values));
    }

    /** Training that can't go on. */
    public static JobException training(String format, Object... values) {
        return new JobException(ExitStatus.TRAINING, filled(format, values));
    }

    public ExitStatus status() {
        return status;
    }
}
