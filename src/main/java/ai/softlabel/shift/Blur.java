package ai.softlabel.shift;

import ai.softlabel.Pixels;

/** Convolution with a Gaussian kernel, in float64, cut to bytes at the end. */
final class Blur {
    private static final double TRUNCATE = 4;

    private Blur() {}

    /**
     * A Gaussian blur as SciPy's {@code gaussian_filter} has it with {@code mode="nearest"}: a kernel up to 4 standard
     * deviations, beyond an edge its last pixel.
     *
     * @param sigma in pixels, above 0
     */
    static Pixels gaussian(Pixels p, double sigma) {
        int radius = (int) (TRUNCATE * sigma + 0.5);
        double[] kernel = new double[radius + 1];
        double sum = 0;
        for (int i = 0; i <= radius; i++) {
            kernel[i] = Math.exp(-0.5 * i * i / (sigma * sigma));
            sum += i == 0 ? kernel[i] : 2 * kernel[i];
        }
        for (int i = 0; i <= radius; i++) {
            kernel[i] /= sum;
        }
        double[] values = new double[p.rgb().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (p.rgb()[i] & 0xFF) / 255.0;
        }
        int line = 3 * p.width();
        double[] down = pass(values, kernel, p.height(), line, p.width(), 3);
        double[] across = pass(down, kernel, p.width(), 3, p.height(), line);
        byte[] out = new byte[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Corruption.cut(across[i]);
        }
        return new Pixels(p.width(), p.height(), out);
    }

    /**
     * @param length pixels of a line
     * @param step distance between the pixels of a line
     * @param next distance between lines
     */
    private static double[] pass(double[] in, double[] kernel, int length, int step, int lines, int next) {
        double[] out = new double[in.length];
        for (int l = 0; l < lines; l++) {
            for (int i = 0; i < length; i++) {
                for (int c = 0; c < 3; c++) {
                    int start = l * next + c;
                    double sum = kernel[0] * in[start + i * step];
                    for (int k = 1; k < kernel.length; k++) {
                        sum += kernel[k]
                                * (in[start + Math.max(0, i - k) * step]
                                        + in[start + Math.min(length - 1, i + k) * step]);
                    }
                    out[start + i * step] = sum;
                }
            }
        }
        return out;
    }
}
