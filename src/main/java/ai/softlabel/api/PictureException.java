package ai.softlabel.api;

/** A picture that can't be used: no picture, damaged, truncated, or outside the limits of size. */
public final class PictureException extends SoftlabelException {
    private static final long serialVersionUID = 1;

    PictureException(String message, Throwable cause) {
        super(message, cause);
    }
}
