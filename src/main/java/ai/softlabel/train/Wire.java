package ai.softlabel.train;

import java.nio.ByteBuffer;
import java.util.Locale;

/** How numbers travel between executors. Sums are float32, whatever travels. */
public enum Wire {
    /** IEEE 754 binary32: what arrives is what was sent. */
    FLOAT32(4) {
        @Override
        void write(float[] from, int at, int count, ByteBuffer to) {
            to.asFloatBuffer().put(from, at, count);
            to.position(to.position() + 4 * count);
        }

        @Override
        void read(ByteBuffer from, float[] to, int at, int count) {
            from.asFloatBuffer().get(to, at, count);
            from.position(from.position() + 4 * count);
        }

        @Override
        void writeChanges(float[] before, float[] weights, int at, int count, ByteBuffer to) {
            write(weights, at, count, to);
        }

        @Override
        void readChanges(ByteBuffer from, float[] weights, int at, int count) {
            read(from, weights, at, count);
        }

        @Override
        float rounded(float value) {
            return value;
        }
    },

    /**
     * The upper half of a binary32, rounded to the nearest, ties to even: 8 bits of significand, a relative error of at
     * most 2^-9 (of normal numbers), the same range. Half the bytes.
     */
    BFLOAT16(2) {
        @Override
        void write(float[] from, int at, int count, ByteBuffer to) {
            short[] block = new short[BLOCK];
            for (int done = 0; done < count; done += BLOCK) {
                int n = Math.min(BLOCK, count - done);
                narrow(from, at + done, block, n);
                put(block, n, to);
            }
        }

        @Override
        void read(ByteBuffer from, float[] to, int at, int count) {
            short[] block = new short[BLOCK];
            for (int done = 0; done < count; done += BLOCK) {
                int n = get(from, block, count - done);
                widen(block, to, at + done, n);
            }
        }

        @Override
        void writeChanges(float[] before, float[] weights, int at, int count, ByteBuffer to) {
            short[] block = new short[BLOCK];
            for (int done = 0; done < count; done += BLOCK) {
                int n = Math.min(BLOCK, count - done);
                change(before, done, weights, at + done, block, n);
                put(block, n, to);
            }
        }

        @Override
        void readChanges(ByteBuffer from, float[] weights, int at, int count) {
            short[] block = new short[BLOCK];
            for (int done = 0; done < count; done += BLOCK) {
                int n = get(from, block, count - done);
                add(block, weights, at + done, n);
            }
        }

        // A block's loops are methods of their own: called often, they are compiled soon and whole.

        private void narrow(float[] from, int at, short[] to, int n) {
            for (int i = 0; i < n; i++) {
                to[i] = (short) (nearest(from[at + i]) >>> 16);
            }
        }

        private void widen(short[] from, float[] to, int at, int n) {
            for (int i = 0; i < n; i++) {
                to[at + i] = Float.intBitsToFloat(from[i] << 16);
            }
        }

        private void change(float[] before, int first, float[] weights, int at, short[] to, int n) {
            for (int i = 0; i < n; i++) {
                float was = before[first + i];
                int moved = nearest(weights[at + i] - was);
                to[i] = (short) (moved >>> 16);
                float is = was + Float.intBitsToFloat(moved & 0xFFFF0000);
                before[first + i] = is;
                weights[at + i] = is;
            }
        }

        private void add(short[] from, float[] weights, int at, int n) {
            for (int i = 0; i < n; i++) {
                weights[at + i] += Float.intBitsToFloat(from[i] << 16);
            }
        }

        @Override
        float rounded(float value) {
            return Float.intBitsToFloat(nearest(value) & 0xFFFF0000);
        }

        /** Bits of which cutting the lower half off rounds; a NaN stays one. */
        private int nearest(float value) {
            int bits = Float.floatToRawIntBits(value);
            boolean nan = (bits & 0x7FFFFFFF) > 0x7F800000;
            return nan ? bits | 0x00400000 : bits + 0x7FFF + (bits >>> 16 & 1);
        }

        private void put(short[] block, int n, ByteBuffer to) {
            to.asShortBuffer().put(block, 0, n);
            to.position(to.position() + 2 * n);
        }

        private int get(ByteBuffer from, short[] block, int most) {
            int n = Math.min(BLOCK, most);
            from.asShortBuffer().get(block, 0, n);
            from.position(from.position() + 2 * n);
            return n;
        }
    };

    private static final int BLOCK = 4096;

    private final int bytes;

    Wire(int bytes) {
        this.bytes = bytes;
    }

    /** The name of an option's value. */
    public static Wire of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Bytes of a number. */
    public int bytes() {
        return bytes;
    }

    /** Writes numbers at the buffer's position, and moves it. */
    abstract void write(float[] from, int at, int count, ByteBuffer to);

    /** Reads numbers from the buffer's position, and moves it. */
    abstract void read(ByteBuffer from, float[] to, int at, int count);

    /**
     * Writes how weights changed, so that {@link #readChanges} moves others of the same value to the same bits.
     *
     * @param before what they were, and afterwards what all have; null where {@link #rounds} is false
     * @param weights what they are to be, from {@code at}; afterwards what all have
     */
    abstract void writeChanges(float[] before, float[] weights, int at, int count, ByteBuffer to);

    /** Changes weights as another executor has. */
    abstract void readChanges(ByteBuffer from, float[] weights, int at, int count);

    /** Whether what arrives may differ from what was sent. */
    boolean rounds() {
        return this != FLOAT32;
    }

    /** The number that arrives where this one is sent. */
    abstract float rounded(float value);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
