package ai.softlabel.command.audit;

import ai.softlabel.Example;
import ai.softlabel.Pixels;
import java.io.Serializable;
import java.util.Arrays;

/**
 * What a picture's pixels say without a model.
 *
 * @param hash its perceptual hash: see {@link #hash}
 * @param mirrored that of its mirror image
 * @param light the 99th percentile of its brightness, in [0, 1]
 * @param entropy of its grey levels, in bits, in [0, 8]
 * @param sharpness the variance of its grey levels' Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield
 *     microscopy", 2000), at the size that scoring needs
 * @param shape the shorter over the longer side, in (0, 1]
 * @param grey its grey levels over a grid of {@link #SIDE} by {@link #SIDE}
 */
record Look(
        String name,
        long hash,
        long mirrored,
        double light,
        double entropy,
        double sharpness,
        double shape,
        float[] grey)
        implements Serializable {
    static final int SIDE = 32;
    private static final int KEPT = 8;

    static Look of(Example e) {
        Pixels p = e.pixels();
        int[] levels = new int[256];
        int[] bright = new int[256];
        float[] grey = new float[p.width() * p.height()];
        for (int i = 0; i < grey.length; i++) {
            double r = p.rgb()[3 * i] & 0xFF;
            double g = p.rgb()[3 * i + 1] & 0xFF;
            double b = p.rgb()[3 * i + 2] & 0xFF;
            grey[i] = (float) (0.299 * r + 0.587 * g + 0.114 * b);
            levels[Math.min(255, Math.round(grey[i]))]++;
            bright[(int) Math.min(255, Math.sqrt(0.241 * r * r + 0.691 * g * g + 0.068 * b * b))]++;
        }
        float[] grid = grid(grey, p.width(), p.height());
        double[] frequencies = frequencies(grid);
        double[] flipped = frequencies.clone();
        for (int i = 0; i < flipped.length; i++) {
            // A mirrored signal's odd frequencies have the other sign.
            flipped[i] = i % KEPT % 2 == 1 ? -flipped[i] : flipped[i];
        }
        return new Look(
                e.name(),
                hash(frequencies),
                hash(flipped),
                percentile(bright, 0.99) / 255,
                entropy(levels),
                sharpness(grey, p.width(), p.height()),
                (double) Math.min(p.width(), p.height()) / Math.max(p.width(), p.height()),
                grid);
    }

    /** How many of the hashes' 64 bits differ, as they are or with one picture mirrored. */
    int distance(Look other) {
        return Math.min(Long.bitCount(hash ^ other.hash), Long.bitCount(hash ^ other.mirrored));
    }

    /** The mean grey level of each cell of a grid. */
    private static float[] grid(float[] grey, int width, int height) {
        float[] out = new float[SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int x0 = x * width / SIDE;
                int x1 = Math.max(x0 + 1, (x + 1) * width / SIDE);
                int y0 = y * height / SIDE;
                int y1 = Math.max(y0 + 1, (y + 1) * height / SIDE);
                double sum = 0;
                for (int j = y0; j < y1; j++) {
                    for (int i = x0; i < x1; i++) {
                        sum += grey[j * width + i];
                    }
                }
                out[y * SIDE + x] = (float) (sum / (x1 - x0) / (y1 - y0));
            }
        }
        return out;
    }

    /** The lowest 8 by 8 of the grid's discrete cosine transform (DCT-II). */
    private static double[] frequencies(float[] grid) {
        double[][] basis = new double[KEPT][SIDE];
        for (int k = 0; k < KEPT; k++) {
            for (int n = 0; n < SIDE; n++) {
                basis[k][n] = Math.cos(Math.PI * k * (2 * n + 1) / (2.0 * SIDE));
            }
        }
        double[] out = new double[KEPT * KEPT];
        for (int v = 0; v < KEPT; v++) {
            for (int u = 0; u < KEPT; u++) {
                for (int y = 0; y < SIDE; y++) {
                    for (int x = 0; x < SIDE; x++) {
                        out[v * KEPT + u] += grid[y * SIDE + x] * basis[v][y] * basis[u][x];
                    }
                }
            }
        }
        return out;
    }

    /**
     * The perceptual hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, as
     * Python's ImageHash has it: which of the frequencies are above their median.
     */
    private static long hash(double[] frequencies) {
        double[] sorted = frequencies.clone();
        Arrays.sort(sorted);
        double median = (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
        long hash = 0;
        for (double f : frequencies) {
            hash = hash << 1 | (f > median ? 1 : 0);
        }
        return hash;
    }

    private static double percentile(int[] histogram, double share) {
        long all = Arrays.stream(histogram).sum();
        long below = 0;
        int level = 0;
        while ((below += histogram[level]) < share * all) {
            level++;
        }
        return level;
    }

    private static double entropy(int[] histogram) {
        double all = Arrays.stream(histogram).sum();
        double bits = 0;
        for (int n : histogram) {
            bits -= n == 0 ? 0 : n / all * Math.log(n / all) / Math.log(2);
        }
        return bits;
    }

    private static double sharpness(float[] grey, int width, int height) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int i = y * width + x;
                double l = grey[i - 1] + grey[i + 1] + grey[i - width] + grey[i + width] - 4 * grey[i];
                sum += l;
                squares += l * l;
                count++;
            }
        }
        return count == 0 ? 0 : squares / count - sum / count * (sum / count);
    }
}
