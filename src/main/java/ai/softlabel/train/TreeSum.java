package ai.softlabel.train;

/**
 * Sums arrays along a fixed binary tree over their index: the first 2^k of n, the rest, and the two together. Any split
 * of the arrays into aligned blocks of a power of two, each summed alone first, gives the same bits.
 */
final class TreeSum {
    // Small enough for the first-level cache.
    private static final int BLOCK = 2048;

    private TreeSum() {}

    /** Adds up {@code arrays[..][from..to)} into {@code out}, which may be the first of them. */
    static void sum(float[][] arrays, int from, int to, float[] out) {
        if (arrays.length == 1) {
            if (arrays[0] != out) {
                System.arraycopy(arrays[0], from, out, from, to - from);
            }
            return;
        }
        float[][] scratch = new float[arrays.length][];
        for (int at = from; at < to; at += BLOCK) {
            int n = Math.min(BLOCK, to - at);
            add(arrays, 0, arrays.length, at, n, out, at, scratch, 0);
        }
    }

    private static void add(
            float[][] arrays,
            int first,
            int count,
            int at,
            int n,
            float[] out,
            int outAt,
            float[][] scratch,
            int depth) {
        if (count == 1) {
            if (arrays[first] != out || at != outAt) {
                System.arraycopy(arrays[first], at, out, outAt, n);
            }
            return;
        }
        int left = Integer.highestOneBit(count - 1);
        add(arrays, first, left, at, n, out, outAt, scratch, depth);
        if (count - left == 1) {
            plus(out, outAt, arrays[first + left], at, n);
            return;
        }
        if (scratch[depth] == null) {
            scratch[depth] = new float[BLOCK];
        }
        add(arrays, first + left, count - left, at, n, scratch[depth], 0, scratch, depth + 1);
        plus(out, outAt, scratch[depth], 0, n);
    }

    private static void plus(float[] a, int aAt, float[] b, int bAt, int n) {
        if (aAt == bAt) {
            plus(a, b, aAt, aAt + n);
            return;
        }
        for (int i = 0; i < n; i++) {
            a[aAt + i] += b[bAt + i];
        }
    }

    /** Adds {@code b} to {@code a} in [from, to): with one index for both the compiler makes vectors of it. */
    static void plus(float[] a, float[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            a[i] += b[i];
        }
    }
}
