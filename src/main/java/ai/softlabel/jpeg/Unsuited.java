package ai.softlabel.jpeg;

/** What a JPEG has that is not read here; another decoder says what becomes of it. */
final class Unsuited extends Exception {
    private static final long serialVersionUID = 1;

    Unsuited(String what) {
        // It is thrown for every progressive picture and never shown, so a stack trace would only cost time.
        super(what, null, false, false);
    }
}
