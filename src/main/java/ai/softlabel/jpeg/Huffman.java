package ai.softlabel.jpeg;

/**
 * A Huffman table by which a scan is decoded (ITU T.81, annexes C and F): codes of at most 16 bits for symbols of 8
 * bits.
 */
final class Huffman {
    /** Codes up to this length are found at once, by the bits that come next. */
    static final int FAST = 12;

    private static final int LENGTHS = 16;

    /** By the next {@link #FAST} bits: length of the code in the upper bits, its symbol in the lower 8; 0 for none. */
    private final short[] fast = new short[1 << FAST];

    /** By length: the first code that is longer, as the upper bits of 16. */
    private final int[] ends = new int[LENGTHS + 1];

    /** By length: what a code is from its symbol's place. */
    private final int[] offsets = new int[LENGTHS + 1];

    private final byte[] symbols;

    /**
     * @param counts how many codes there are of 1 to 16 bits
     * @param symbols theirs, in the codes' order
     * @throws Unsuited where there are more codes than bits can tell apart
     */
    Huffman(int[] counts, byte[] symbols) throws Unsuited {
        this.symbols = symbols;
        int code = 0;
        int place = 0;
        for (int length = 1; length <= LENGTHS; length++) {
            offsets[length] = place - code;
            for (int i = 0; i < counts[length - 1]; i++) {
                if (length <= FAST && code < 1 << length) {
                    int from = code << (FAST - length);
                    short entry = (short) (length << 8 | symbols[place] & 0xFF);
                    java.util.Arrays.fill(fast, from, from + (1 << (FAST - length)), entry);
                }
                code++;
                place++;
            }
            // The code of ones alone is none, as libjpeg has it.
            if (counts[length - 1] > 0 && code >= 1 << length) {
                throw new Unsuited("a code table that overflows");
            }
            ends[length] = code << (LENGTHS - length);
            code <<= 1;
        }
    }

    /**
     * The code that the next 16 bits begin with.
     *
     * @return its length times 256, plus its symbol
     * @throws Unsuited where it is none of the table's
     */
    int find(int bits) throws Unsuited {
        int found = found(bits);
        if (found == 0) {
            throw new Unsuited("a code that the table lacks");
        }
        return found;
    }

    /** The same, and 0 where there is no such code. */
    int found(int bits) {
        int found = fast[bits >>> (LENGTHS - FAST)];
        return found != 0 ? found : slow(bits);
    }

    private int slow(int bits) {
        for (int length = FAST + 1; length <= LENGTHS; length++) {
            if (bits < ends[length]) {
                return length << 8 | symbols[(bits >>> (LENGTHS - length)) + offsets[length]] & 0xFF;
            }
        }
        return 0;
    }
}
