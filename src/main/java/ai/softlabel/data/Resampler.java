package ai.softlabel.data;

import ai.softlabel.Pixels;

/**
 * Resizes pictures with a triangle filter that widens as the picture shrinks, horizontally and then vertically,
 * rounding to bytes in between: what Pillow's {@code resize} does with {@code BILINEAR}.
 */
final class Resampler {
    private Resampler() {}

    /** How many pixels {@link #shortSide} makes of a picture. */
    static long pixels(int width, int height, int side) {
        double ratio = (double) Math.max(width, height) / Math.min(width, height);
        return side * Math.max(side, Math.round(side * ratio));
    }

    /** Resizes so that the short side is {@code side}, keeping the aspect ratio. */
    static Pixels shortSide(Pixels p, int side) {
        return resize(p, length(p.width(), p.height(), side), length(p.height(), p.width(), side));
    }

    /** How long one side becomes where the shorter of the two becomes {@code side}. */
    static int length(int one, int other, int side) {
        return one > other ? Math.max(side, Math.round((float) side * one / other)) : side;
    }

    static Pixels resize(Pixels p, int width, int height) {
        return resize(p, p.width(), p.height(), width, height);
    }

    /**
     * The same of a picture whose last column and line may be there in part only.
     *
     * @param fromWidth its width, at most that of the pixels; {@code fromHeight} alike
     */
    static Pixels resize(Pixels p, double fromWidth, double fromHeight, int width, int height) {
        Pixels wide = width == fromWidth
                ? p
                : new Pixels(
                        width,
                        p.height(),
                        pass(p.rgb(), p.width(), fromWidth, width, p.height(), 3, 3 * p.width(), 3 * width, 3));
        return height == fromHeight
                ? wide
                : new Pixels(
                        width,
                        height,
                        pass(wide.rgb(), p.height(), fromHeight, height, width, 3 * width, 3, 3, 3 * width));
    }

    /**
     * Resizes {@code lines} lines of {@code from} pixels to {@code to} pixels.
     *
     * @param length how many of the pixels are to be seen, where the last one is there in part
     * @param step distance between the pixels of a line, in and out
     * @param line distance between lines in the input
     * @param lineOut distance between lines in the output
     * @param stepOut distance between the pixels of a line in the output
     */
    private static byte[] pass(
            byte[] in, int from, double length, int to, int lines, int step, int line, int lineOut, int stepOut) {
        double scale = length / to;
        double support = Math.max(scale, 1);
        byte[] out = new byte[3 * to * lines];
        for (int i = 0; i < to; i++) {
            double center = (i + 0.5) * scale;
            int first = Math.max(0, (int) (center - support + 0.5));
            int last = Math.min(from, (int) (center + support + 0.5));
            float[] weights = weights(first, last, center, support);
            for (int l = 0; l < lines; l++) {
                int at = l * line + first * step;
                float r = 0;
                float g = 0;
                float b = 0;
                for (float w : weights) {
                    r += w * (in[at] & 0xFF);
                    g += w * (in[at + 1] & 0xFF);
                    b += w * (in[at + 2] & 0xFF);
                    at += step;
                }
                int o = l * lineOut + i * stepOut;
                out[o] = (byte) (int) (r + 0.5f);
                out[o + 1] = (byte) (int) (g + 0.5f);
                out[o + 2] = (byte) (int) (b + 0.5f);
            }
        }
        return out;
    }

    private static float[] weights(int first, int last, double center, double support) {
        double[] w = new double[last - first];
        double sum = 0;
        for (int k = 0; k < w.length; k++) {
            w[k] = Math.max(0, 1 - Math.abs((first + k + 0.5 - center) / support));
            sum += w[k];
        }
        float[] out = new float[w.length];
        for (int k = 0; k < w.length; k++) {
            out[k] = (float) (w[k] / sum);
        }
        return out;
    }
}
