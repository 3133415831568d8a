package ai.softlabel.train;

import ai.softlabel.optim.GradientNorms;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Numbers in 16 bits each, the upper half of a binary32 rounded to the nearest, ties to even. Whole cells of
 * {@link #CELL} numbers, counted from the flat array's beginning, are packed so that the compiler makes vectors of the
 * loops: the i-th lies in the lower half of the i-th int, the one that is half a cell further in its upper half. What
 * is left at a slice's ends lies one after the other. A range that is written or read ends on a cell's edge or a
 * slice's.
 */
final class Bfloat16 {
    /** Numbers of a cell; slices are cut on its edges. */
    static final int CELL = GradientNorms.GRID;

    private static final int HALF = CELL / 2;
    private static final int UPPER = 0xFFFF0000;

    // The same memory as floats and as ints: the compiler vectorises copies, but no conversion of single bits.
    private final FloatBuffer floats;
    private final IntBuffer bits;
    private final int[] ints = new int[CELL];
    private final int[] packed = new int[HALF];
    private final float[] values = new float[CELL];
    private final float[] before = new float[CELL];

    Bfloat16() {
        ByteBuffer memory = ByteBuffer.allocate(Float.BYTES * CELL).order(ByteOrder.nativeOrder());
        floats = memory.asFloatBuffer();
        bits = memory.asIntBuffer();
    }

    /** What is done with {@code n} numbers of one cell, {@code done} of a range being behind. */
    interface Work {
        void take(int done, int n);
    }

    /** Goes through the cells of a range that begins with the flat array's {@code index}. */
    static void cells(int index, int count, Work work) {
        for (int done = 0, n; done < count; done += n) {
            n = Math.min(count - done, CELL - (index + done) % CELL);
            work.take(done, n);
        }
    }

    /** Writes {@code n} numbers of one cell at the buffer's position, and moves it. */
    void write(float[] from, int at, int n, ByteBuffer to) {
        floats.put(0, from, at, n);
        bits.get(0, ints, 0, n);
        round(ints, n);
        put(n, to);
    }

    /** Reads {@code n} numbers of one cell from the buffer's position, and moves it. */
    void read(ByteBuffer from, float[] to, int at, int n) {
        get(from, n);
        bits.put(0, ints, 0, n);
        floats.get(0, to, at, n);
    }

    /** Writes the change of {@code n} weights of one cell, and changes them by what arrives of it. */
    void writeChanges(float[] weights, int at, float[] moved, int movedAt, int n, ByteBuffer to) {
        System.arraycopy(weights, at, before, 0, n);
        System.arraycopy(moved, movedAt, values, 0, n);
        subtract(values, before, n);
        write(values, 0, n, to);
        cut(ints, n);
        change(weights, at, n);
    }

    /** Reads the change of {@code n} weights of one cell, and changes them. */
    void readChanges(ByteBuffer from, float[] weights, int at, int n) {
        get(from, n);
        System.arraycopy(weights, at, before, 0, n);
        change(weights, at, n);
    }

    private void change(float[] weights, int at, int n) {
        bits.put(0, ints, 0, n);
        floats.get(0, values, 0, n);
        TreeSum.plus(before, values, 0, n);
        System.arraycopy(before, 0, weights, at, n);
    }

    private void put(int n, ByteBuffer to) {
        if (n == CELL) {
            pack(ints, packed);
            to.asIntBuffer().put(packed);
            to.position(to.position() + 2 * CELL);
        } else {
            for (int i = 0; i < n; i++) {
                to.putShort((short) (ints[i] >>> 16));
            }
        }
    }

    private void get(ByteBuffer from, int n) {
        if (n == CELL) {
            from.asIntBuffer().get(packed);
            from.position(from.position() + 2 * CELL);
            unpack(packed, ints);
        } else {
            for (int i = 0; i < n; i++) {
                ints[i] = from.getShort() << 16;
            }
        }
    }

    // Loops are methods of their own, compiled soon and whole, with one index for all arrays: of those with more the
    // compiler makes no vectors.

    /** Makes bits of which cutting the lower half off rounds; a NaN stays one. */
    private static void round(int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            int b = bits[i];
            int nan = (0x7F800000 - (b & 0x7FFFFFFF)) >> 31;
            bits[i] = (b + 0x7FFF + (b >>> 16 & 1)) & ~nan | (b | 0x00400000) & nan;
        }
    }

    private static void cut(int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] &= UPPER;
        }
    }

    private static void pack(int[] from, int[] to) {
        for (int i = 0; i < HALF; i++) {
            to[i] = from[i] >>> 16 | from[i + HALF] & UPPER;
        }
    }

    private static void unpack(int[] from, int[] to) {
        for (int i = 0; i < HALF; i++) {
            to[i] = from[i] << 16;
        }
        for (int i = 0; i < HALF; i++) {
            to[i + HALF] = from[i] & UPPER;
        }
    }

    private static void subtract(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] -= b[i];
        }
    }
}
