package ai.softlabel.cli;

/**
 * One option of a command; also a key of a profile.
 *
 * @param name the name without dashes
 * @param value placeholder for its value in the help, in brackets where the value may be left out; null for a flag
 * @param initial default value as text, or null for none
 * @param text description, at most one line of help
 * @param brief whether help lists it in the last paragraph, without its description
 */
record Option(String name, String value, String initial, String text, boolean brief) {
    /** An option with a line of its own. */
    Option(String name, String value, String initial, String text) {
        this(name, value, initial, text, false);
    }

    /** The same without a line of its own. */
    Option asBrief() {
        return new Option(name, value, initial, text, true);
    }

    /** Whether it may be given without a value; it then has the value 0. */
    boolean optional() {
        return value != null && value.startsWith("[");
    }

    boolean flag() {
        return value == null;
    }
}
