package ai.softlabel.conformance;

import java.nio.charset.StandardCharsets;

/**
 * Counter-based numbers, the same here and in {@code src/test/python/streams.py}: value i of a stream is a hash of
 * both.
 */
final class Streams {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Streams() {}

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static long key(String name) {
        long h = 0xCBF29CE484222325L;
        for (byte c : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (c & 0xFF)) * 0x100000001B3L;
        }
        return h;
    }

    private static long bits(long key, long i) {
        return mix(key + (i + 1) * GOLDEN);
    }

    /** n doubles in [low, high). */
    static double[] uniform(String name, int n, double low, double high) {
        long key = key(name);
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
            out[i] = low + (high - low) * ((bits(key, i) >>> 11) * 0x1p-53);
        }
        return out;
    }

    /** n floats in [low, high), each times a factor before it is rounded. */
    static void fill(String name, float[] to, int at, int n, double low, double high, double factor) {
        double[] values = uniform(name, n, low, high);
        for (int i = 0; i < n; i++) {
            to[at + i] = (float) (values[i] * factor);
        }
    }

    /** n whole numbers in [0, below). */
    static int[] whole(String name, int n, int below) {
        long key = key(name);
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
            out[i] = (int) ((bits(key, i) >>> 11) % below);
        }
        return out;
    }

    /** A count sketch: each value goes into one of {@code size} sums, with a sign, both hashed from its index. */
    static double[] sketch(String name, double[] values, int size) {
        long key = key(name);
        double[] out = new double[size];
        for (int i = 0; i < values.length; i++) {
            long h = bits(key, i);
            out[(int) ((h >>> 11) % size)] += (h & 1) != 0 ? values[i] : -values[i];
        }
        return out;
    }

    static double[] doubles(float[] values) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i];
        }
        return out;
    }

    static double norm(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v * v;
        }
        return Math.sqrt(sum);
    }

    /** The L2 norm of the difference. */
    static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }
}
