package ai.softlabel.jpeg;

/**
 * What to pass over where only a block's first coefficient is wanted: by the next {@link #WIDTH} bits, as many whole
 * codes with their numbers as there are in them.
 */
final class Passed {
    static final int WIDTH = 13;

    private static final int PLACE_BITS = 7;
    private static final int BIT_BITS = 4;

    /** From the lowest bits: the bits of the codes, the places in the block that they take, and whether they end it. */
    private final char[] entries = new char[1 << WIDTH];

    Passed(Huffman table) {
        for (int next = 0; next < entries.length; next++) {
            entries[next] = entry(table, next);
        }
    }

    private static char entry(Huffman table, int next) {
        int bits = 0;
        int places = 0;
        while (true) {
            int found = table.found(next << (16 - WIDTH + bits) & 0xFFFF);
            int size = found & 15;
            int all = (found >> 8) + size;
            int run = found >> 4 & 15;
            boolean ends = (found & 0xFF) == 0;
            // What is not to be passed over so, ends up with another decoder; it is found code by code.
            boolean plain = found != 0 && (size > 0 || ends || run == 15) && size < Scan.MOST_BITS;
            if (!plain || bits + all > WIDTH || places + run + 1 >= 1 << PLACE_BITS) {
                return (char) (places << BIT_BITS | bits);
            }
            bits += all;
            if (ends) {
                return (char) (1 << (PLACE_BITS + BIT_BITS) | places << BIT_BITS | bits);
            }
            places += run + 1;
        }
    }

    int entry(long window) {
        return entries[(int) (window >>> (64 - WIDTH))];
    }

    static int bits(int entry) {
        return entry & ((1 << BIT_BITS) - 1);
    }

    static int places(int entry) {
        return entry >> BIT_BITS & ((1 << PLACE_BITS) - 1);
    }

    static boolean ends(int entry) {
        return entry >> (PLACE_BITS + BIT_BITS) != 0;
    }
}
