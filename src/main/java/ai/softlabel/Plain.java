package ai.softlabel;

/**
 * Text from outside (names of files and classes, messages of other programs) made safe to show: on a terminal, in a
 * page, in a CSV file. Control characters could clear a terminal or hide a line, and marks of writing direction could
 * show a name in another order than it has.
 */
public final class Plain {
    private static final int LONGEST_REASON = 300;
    private static final int LONGEST_PART = 500;
    private static final int LAST = 100;

    private Plain() {}

    /** The text with each such character, line breaks included, as {@code \}{@code uXXXX}. */
    public static String text(String text) {
        if (text == null || text.chars().noneMatch(Plain::hidden)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> {
            if (hidden(c)) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }

    /** The same with its line breaks and tabs as spaces, for messages. */
    public static String line(String text) {
        return text == null ? null : text(text.strip().replaceAll("\\s*[\\r\\n\\t\\u2028\\u2029]+\\s*", " "));
    }

    /** A part of a message; of more than 500 characters the first and the last. */
    static String within(String part) {
        String shown = text(part);
        return shown.length() <= LONGEST_PART
                ? part
                : shown.substring(0, LONGEST_PART - LAST) + " ... " + shown.substring(shown.length() - LAST);
    }

    /** Another program's message inside one of ours: its first line, cut after 300 characters. */
    public static String reason(String message) {
        String first = message == null
                ? ""
                : message.lines()
                        .map(String::strip)
                        .filter(l -> !l.isEmpty())
                        .findFirst()
                        .orElse("");
        if (first.isEmpty()) {
            return "no message";
        }
        String shown = text(first);
        return shown.length() <= LONGEST_REASON ? shown : shown.substring(0, LONGEST_REASON) + " ...";
    }

    /**
     * A field of a CSV file, quoted where needed. A spreadsheet takes a field that begins with one of {@code = + - @}
     * for a formula, so one that does gets an apostrophe before it.
     */
    public static String csv(String text) {
        String shown = text(text);
        if (!shown.isEmpty()
                && "=+-@"
                                .indexOf(
                                        shown.stripLeading().isEmpty()
                                                ? ' '
                                                : shown.stripLeading().charAt(0))
                        >= 0) {
            shown = "'" + shown;
        }
        return shown.matches("[\\w ./-]*") ? shown : '"' + shown.replace("\"", "\"\"") + '"';
    }

    /** Whether a UTF-16 unit is shown as a number: control characters, separators of lines, marks of direction. */
    public static boolean hidden(int c) {
        return Character.isISOControl(c)
                || c == 0x061C
                || c == 0x200E
                || c == 0x200F
                || (c >= 0x2028 && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0xFEFF;
    }
}
