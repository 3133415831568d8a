package ai.softlabel.train;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * How numbers travel between executors. Sums are float32, whatever travels. Ranges are of the flat arrays, and end on a
 * multiple of {@link Bfloat16#CELL} or at a slice's end.
 */
public enum Wire {
    /** IEEE 754 binary32: what arrives is what was sent. */
    FLOAT32(4) {
        @Override
        void write(float[] from, int index, int count, ByteBuffer to) {
            to.asFloatBuffer().put(from, index, count);
        }

        @Override
        void read(ByteBuffer from, int index, float[] to, int at, int count) {
            from.asFloatBuffer().get(to, at, count);
        }

        @Override
        void writeChanges(float[] weights, int index, float[] moved, int count, ByteBuffer to) {
            write(moved, 0, count, to);
            System.arraycopy(moved, 0, weights, index, count);
        }

        @Override
        void readChanges(ByteBuffer from, float[] weights, int index, int count) {
            read(from, index, weights, index, count);
        }
    },

    /**
     * The upper half of a binary32, rounded to the nearest, ties to even: 8 bits of significand, a relative error of at
     * most 2^-8 (of normal numbers), the same range. Half the bytes.
     */
    BFLOAT16(2) {
        // Its scratch is dear to make for each range; tasks run on threads of their own.
        private final ThreadLocal<Bfloat16> formats = ThreadLocal.withInitial(Bfloat16::new);

        @Override
        void write(float[] from, int index, int count, ByteBuffer to) {
            Bfloat16 format = formats.get();
            Bfloat16.cells(index, count, (done, n) -> format.write(from, index + done, n, to));
        }

        @Override
        void read(ByteBuffer from, int index, float[] to, int at, int count) {
            Bfloat16 format = formats.get();
            Bfloat16.cells(index, count, (done, n) -> format.read(from, to, at + done, n));
        }

        @Override
        void writeChanges(float[] weights, int index, float[] moved, int count, ByteBuffer to) {
            Bfloat16 format = formats.get();
            Bfloat16.cells(index, count, (done, n) -> format.writeChanges(weights, index + done, moved, done, n, to));
        }

        @Override
        void readChanges(ByteBuffer from, float[] weights, int index, int count) {
            Bfloat16 format = formats.get();
            Bfloat16.cells(index, count, (done, n) -> format.readChanges(from, weights, index + done, n));
        }
    };

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

    /** Writes {@code count} numbers from {@code index} on at the buffer's position. */
    abstract void write(float[] from, int index, int count, ByteBuffer to);

    /**
     * Reads numbers from the buffer's position.
     *
     * @param index where the first of them is in the flat arrays
     * @param at where it goes in {@code to}
     */
    abstract void read(ByteBuffer from, int index, float[] to, int at, int count);

    /**
     * Writes how weights change, and changes them, so that {@link #readChanges} makes the same bits of the same
     * weights.
     *
     * @param weights what they are, from {@code index}; afterwards what all have
     * @param moved from 0, what they are to be
     */
    abstract void writeChanges(float[] weights, int index, float[] moved, int count, ByteBuffer to);

    /** Changes weights from {@code index} on as another executor has. */
    abstract void readChanges(ByteBuffer from, float[] weights, int index, int count);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
