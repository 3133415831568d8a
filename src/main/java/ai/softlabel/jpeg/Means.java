package ai.softlabel.jpeg;

/**
 * From a block's 64 coefficients to the means of its samples: of the eight lines and columns, each output has an equal
 * share. It is the inverse cosine transform (ITU T.81, A.3.3) followed by a mean, in one sum over the coefficients that
 * are not zero. At an eighth, that is the first one alone.
 */
final class Means {
    private static final int SIDE = 8;
    private static final int BLOCK = SIDE * SIDE;
    private static final double NOTHING = 1e-12;

    /** Samples are from -128 on, and are rounded. */
    private static final float LEVEL = 128.5f;

    /** Place in a block, line by line, of the coefficients as they come. */
    private static final int[] ZIGZAG = zigzag();

    private final int columns;
    private final int outputs;

    /** What a coefficient of 1 adds to each output, by its place in the zigzag. */
    private final float[] shares;

    private final boolean[] counts = new boolean[BLOCK];

    /** The coefficients of the block that are not zero, and where their shares begin. */
    private final float[] values = new float[BLOCK];

    private final int[] places = new int[BLOCK];
    private int known;

    /**
     * @param columns outputs of a line: 1, 2, 4 or 8; {@code rows} alike
     * @param quantization what coefficients are multiplied by, in zigzag order
     */
    Means(int columns, int rows, int[] quantization) {
        this.columns = columns;
        this.outputs = columns * rows;
        this.shares = new float[BLOCK * outputs];
        double[][] across = means(columns);
        double[][] down = means(rows);
        for (int k = 0; k < BLOCK; k++) {
            for (int o = 0; o < outputs; o++) {
                double share = down[o / columns][ZIGZAG[k] / SIDE] * across[o % columns][ZIGZAG[k] % SIDE];
                counts[k] |= share != 0;
                shares[k * outputs + o] = (float) (share * quantization[k]);
            }
        }
    }

    /** By output and frequency: the mean of the cosine over the output's share of the eight samples. */
    private static double[][] means(int outputs) {
        double[][] m = new double[outputs][SIDE];
        int each = SIDE / outputs;
        for (int o = 0; o < outputs; o++) {
            for (int u = 0; u < SIDE; u++) {
                double sum = 0;
                for (int x = o * each; x < (o + 1) * each; x++) {
                    // Not Math's cosine, which may have another last bit on another machine.
                    sum += StrictMath.cos((2 * x + 1) * u * Math.PI / 16);
                }
                double mean = sum / each * (u == 0 ? Math.sqrt(0.5) : 1) / 2;
                m[o][u] = Math.abs(mean) < NOTHING ? 0 : mean;
            }
        }
        return m;
    }

    private static int[] zigzag() {
        int[] places = new int[BLOCK];
        int k = 0;
        for (int diagonal = 0; diagonal < 2 * SIDE - 1; diagonal++) {
            for (int i = 0; i <= diagonal; i++) {
                int row = diagonal % 2 == 0 ? diagonal - i : i;
                int column = diagonal - row;
                if (row < SIDE && column < SIDE) {
                    places[k++] = row * SIDE + column;
                }
            }
        }
        return places;
    }

    /** Whether any coefficient but the first is in a mean. */
    boolean severalCount() {
        return outputs > 1;
    }

    /** Begins a block with its first coefficient. */
    void first(int value) {
        values[0] = value;
        known = 1;
    }

    /** Adds a coefficient, by its place in the zigzag. */
    void add(int k, int value) {
        if (counts[k]) {
            places[known] = k * outputs;
            values[known++] = value;
        }
    }

    /** Writes the block's means, rounded, into a plane whose lines are {@code stride} apart. */
    void write(byte[] plane, int at, int stride) {
        int to = at;
        for (int o = 0; o < outputs; o += columns) {
            if (columns == 1) {
                plane[to] = sum(o);
            } else {
                for (int c = 0; c < columns; c += 2) {
                    pair(o + c, plane, to + c);
                }
            }
            to += stride;
        }
    }

    private byte sum(int output) {
        float sum = LEVEL;
        for (int i = 0; i < known; i++) {
            sum += values[i] * shares[places[i] + output];
        }
        return clamped(sum);
    }

    /** Two sums, for one alone would wait for each of its additions. */
    private void pair(int output, byte[] plane, int to) {
        float one = LEVEL;
        float other = LEVEL;
        for (int i = 0; i < known; i++) {
            int from = places[i] + output;
            one += values[i] * shares[from];
            other += values[i] * shares[from + 1];
        }
        plane[to] = clamped(one);
        plane[to + 1] = clamped(other);
    }

    private static byte clamped(float sum) {
        return (byte) Math.min(Math.max((int) sum, 0), 255);
    }
}
