package ai.softlabel.spark;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands on a message.
 *
 * @param box the mailbox it is for
 * @param kind letters
 * @param number its place among its sender's messages of its kind, from 0
 * @param from its sender's index, from 0
 * @param size in bytes
 */
record Letter(String box, String kind, int number, int from, int size) {
    private static final int MOST_BYTES = 256;
    // Nine digits are an int.
    private static final Pattern TEXT = Pattern.compile("([\\w.-]+) ([a-z]+) (\\d{1,9}) (\\d{1,9}) (\\d{1,9})");

    ByteBuffer bytes() {
        return StandardCharsets.US_ASCII.encode(
                String.join(" ", box, kind, Integer.toString(number), Integer.toString(from), Integer.toString(size)));
    }

    /** What {@link #bytes} wrote; null for anything else. */
    static Letter of(ByteBuffer bytes) {
        if (bytes.remaining() > MOST_BYTES) {
            return null;
        }
        CharBuffer text = StandardCharsets.US_ASCII.decode(bytes.duplicate());
        Matcher m = TEXT.matcher(text);
        return m.matches()
                ? new Letter(
                        m.group(1),
                        m.group(2),
                        Integer.parseInt(m.group(3)),
                        Integer.parseInt(m.group(4)),
                        Integer.parseInt(m.group(5)))
                : null;
    }
}
