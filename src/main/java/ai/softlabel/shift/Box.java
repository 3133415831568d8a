package ai.softlabel.shift;

import ai.softlabel.Pixels;

/**
 * Resizes by the mean over the pixels whose centres lie in a box of the new pixel's size, at least one pixel wide: what
 * Pillow's {@code resize} does with {@code BOX}, horizontally and then vertically, rounding to bytes in between.
 */
final class Box {
    private Box() {}

    static Pixels resize(Pixels p, int width, int height) {
        byte[] wide = pass(p.rgb(), p.width(), width, 3, 3, p.height(), 3 * p.width(), 3 * width);
        byte[] out = pass(wide, p.height(), height, 3 * width, 3 * width, width, 3, 3);
        return new Pixels(width, height, out);
    }

    /**
     * @param step distance between the pixels of a line, {@code stepOut} of the output
     * @param next distance between lines, {@code nextOut} in the output
     */
    private static byte[] pass(byte[] in, int from, int to, int step, int stepOut, int lines, int next, int nextOut) {
        double scale = (double) from / to;
        double support = 0.5 * Math.max(scale, 1);
        byte[] out = new byte[3 * to * lines];
        for (int i = 0; i < to; i++) {
            double center = (i + 0.5) * scale;
            int first = Math.max(0, (int) (center - support + 0.5));
            int last = Math.min(from, (int) (center + support + 0.5));
            for (int l = 0; l < lines; l++) {
                for (int c = 0; c < 3; c++) {
                    int sum = 0;
                    int count = 0;
                    for (int k = first; k < last; k++) {
                        if (inside(k, center, Math.max(scale, 1))) {
                            sum += in[l * next + k * step + c] & 0xFF;
                            count++;
                        }
                    }
                    out[l * nextOut + i * stepOut + c] = (byte) (int) ((double) sum / count + 0.5);
                }
            }
        }
        return out;
    }

    /** Whether a pixel's centre lies in a box, its left edge not included. */
    private static boolean inside(int pixel, double center, double width) {
        double at = (pixel - center + 0.5) / width;
        return at > -0.5 && at <= 0.5;
    }
}
