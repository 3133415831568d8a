package ai.softlabel.cli;

/**
 * One option of a command; also a key of a profile.
 *
 * @param name without the dashes
 * @param value what its value looks like, or null for a flag
 * @param initial its value where it is not given, as text; null for none
 * @param text what it does, short enough for one line of help
 */
record Option(String name, String value, String initial, String text) {
    boolean flag() {
        return value == null;
    }
}
