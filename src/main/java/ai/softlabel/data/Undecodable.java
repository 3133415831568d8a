package ai.softlabel.data;

/** A file that does not become a picture; the message is the reason. */
final class Undecodable extends Exception {
    private static final long serialVersionUID = 1;

    Undecodable(String reason) {
        super(reason, null, false, false);
    }
}
