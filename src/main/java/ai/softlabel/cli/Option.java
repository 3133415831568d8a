package ai.softlabel.cli;

/**
 * One option of a command; also a key of a profile.
 *
 * @param name the name without dashes
 * @param value placeholder for its value in the help, or null for a flag
 * @param initial default value as text, or null for none
 * @param text description, at most one line of help
 */
record Option(String name, String value, String initial, String text) {
    boolean flag() {
        return value == null;
    }
}
