package ai.softlabel.jpeg;

import java.util.Arrays;

/**
 * The header of a baseline JPEG of 8 bits and one scan (ITU T.81, annex B): grey, or three components of which the
 * first is sampled once or twice as densely as the others.
 *
 * @param components in the scan's order
 * @param restart blocks of all components between two restart markers, or 0
 * @param data where the scan's data begins
 */
record Frame(int width, int height, Component[] components, int restart, int data) {
    private static final int BLOCK = 64;

    /** A difference's bits, in a table of codes for them. */
    private static final int MOST_DIFFERENCE = 15;

    /**
     * A component.
     *
     * @param across samples of a line for each that the coarsest one has, 1 or 2
     * @param down the same of a column
     * @param quantization 64 factors, in zigzag order
     */
    record Component(int across, int down, int[] quantization, Huffman dc, Huffman ac) {}

    /** Pixels that a block of all components has in a line. */
    int blockWidth() {
        return 8 * components[0].across;
    }

    /** Pixels that it has in a column. */
    int blockHeight() {
        return 8 * components[0].down;
    }

    /**
     * Reads the header.
     *
     * @throws Unsuited where it is none of these, or not as the standard has it
     */
    static Frame of(byte[] file) throws Unsuited {
        return new Reader(file).read();
    }

    private static final class Reader {
        private final byte[] file;
        private final int[][] quantizations = new int[4][];
        private final Huffman[][] tables = new Huffman[2][4];
        private int at = 2;
        private int frame = -1;
        private int restart;

        Reader(byte[] file) {
            this.file = file;
        }

        Frame read() throws Unsuited {
            while (true) {
                int marker = marker();
                int from = at + 2;
                int end = at + number(at, 2);
                if (end < from || end > file.length) {
                    throw new Unsuited("a segment beyond the end");
                }
                at = end;
                switch (marker) {
                    case 0xC0 -> {
                        if (frame >= 0) {
                            throw new Unsuited("two frames");
                        }
                        frame = from;
                    }
                    case 0xC4 -> tables(from, end);
                    case 0xDB -> quantizations(from, end);
                    case 0xDD -> restart = number(from, 2);
                    case 0xDA -> {
                        return scan(from, end);
                    }
                    default -> {
                        if (marker < 0xE0 || marker > 0xEF && marker != 0xFE) {
                            throw new Unsuited("marker " + marker);
                        }
                    }
                }
            }
        }

        private int marker() throws Unsuited {
            if (number(at, 1) != 0xFF) {
                throw new Unsuited("no marker where one must be");
            }
            while (number(at, 1) == 0xFF) {
                at++;
            }
            return number(at++, 1);
        }

        private void quantizations(int from, int end) throws Unsuited {
            int i = from;
            while (i < end) {
                int size = 1 + (number(i, 1) >> 4);
                int id = number(i, 1) & 15;
                i++;
                if (size > 2 || id > 3 || i + size * BLOCK > end) {
                    throw new Unsuited("a table of factors");
                }
                quantizations[id] = new int[BLOCK];
                for (int k = 0; k < BLOCK; k++) {
                    quantizations[id][k] = number(i, size);
                    i += size;
                }
            }
        }

        private void tables(int from, int end) throws Unsuited {
            int i = from;
            while (i < end) {
                int kind = number(i, 1) >> 4;
                int id = number(i, 1) & 15;
                int[] counts = new int[16];
                int all = 0;
                for (int k = 0; k < counts.length; k++) {
                    counts[k] = number(i + 1 + k, 1);
                    all += counts[k];
                }
                i += 17 + all;
                if (kind > 1 || id > 3 || all > 256 || i > end) {
                    throw new Unsuited("a code table");
                }
                byte[] symbols = Arrays.copyOfRange(file, i - all, i);
                for (byte symbol : symbols) {
                    if (kind == 0 && (symbol & 0xFF) > MOST_DIFFERENCE) {
                        throw new Unsuited("a code for a difference of too many bits");
                    }
                }
                tables[kind][id] = new Huffman(counts, symbols);
            }
        }

        private Frame scan(int from, int end) throws Unsuited {
            int count = number(from, 1);
            if (frame < 0 || count != 1 && count != 3 || end - from != 4 + 2 * count) {
                throw new Unsuited("a scan of another form");
            }
            int spectrum = from + 1 + 2 * count;
            if (number(frame, 1) != 8
                    || number(frame + 5, 1) != count
                    || number(spectrum, 1) != 0
                    || number(spectrum + 1, 1) != 63
                    || number(spectrum + 2, 1) != 0) {
                throw new Unsuited("another precision, or several scans");
            }
            if (count == 3
                    && (number(frame + 6, 1) == number(frame + 9, 1)
                            || number(frame + 9, 1) == number(frame + 12, 1)
                            || number(frame + 12, 1) == number(frame + 6, 1))) {
                throw new Unsuited("two components of one name");
            }
            Component[] components = new Component[count];
            for (int c = 0; c < count; c++) {
                components[c] = component(frame + 6 + 3 * c, from + 1 + 2 * c, count);
            }
            return new Frame(number(frame + 3, 2), number(frame + 1, 2), components, restart, end);
        }

        private Component component(int inFrame, int inScan, int count) throws Unsuited {
            // Where a component is alone, its blocks lie in lines, however densely it is sampled.
            int across = count == 1 ? 1 : number(inFrame + 1, 1) >> 4;
            int down = count == 1 ? 1 : number(inFrame + 1, 1) & 15;
            int dc = number(inScan + 1, 1) >> 4;
            int ac = number(inScan + 1, 1) & 15;
            int quantization = number(inFrame + 2, 1);
            boolean first = inFrame == frame + 6;
            if (number(inFrame, 1) != number(inScan, 1)
                    || across < 1
                    || down < 1
                    || Math.max(across, down) > (first ? 2 : 1)
                    || Math.max(dc, ac) > 3
                    || quantization > 3
                    || quantizations[quantization] == null
                    || tables[0][dc] == null
                    || tables[1][ac] == null) {
                throw new Unsuited("a component of another form, or without its tables");
            }
            return new Component(across, down, quantizations[quantization], tables[0][dc], tables[1][ac]);
        }

        private int number(int from, int bytes) throws Unsuited {
            if (from + bytes > file.length) {
                throw new Unsuited("its header is cut");
            }
            int value = 0;
            for (int i = 0; i < bytes; i++) {
                value = value << 8 | file[from + i] & 0xFF;
            }
            return value;
        }
    }
}
