package ai.softlabel.data;

import ai.softlabel.Pixels;
import java.util.random.RandomGenerator;

/**
 * A rectangle of a picture, mirrored or not, that is resized to a square of network input.
 *
 * @param x left edge in pixels; {@code y}, {@code width} and {@code height} alike
 */
public record Crop(int x, int y, int width, int height, boolean mirrored) {
    private static final int TRIES = 10;
    private static final double LOG_RATIO = Math.log(4.0 / 3.0);

    /**
     * A random crop as torchvision's {@code RandomResizedCrop} draws it: an area of {@code minScale} to 1 of the
     * picture's, an aspect ratio of 3/4 to 4/3, mirrored every other time; after ten misses the middle.
     */
    public static Crop random(Pixels p, double minScale, RandomGenerator random) {
        for (int i = 0; i < TRIES; i++) {
            double area = (minScale + (1 - minScale) * random.nextDouble()) * p.width() * p.height();
            double ratio = Math.exp((2 * random.nextDouble() - 1) * LOG_RATIO);
            int w = (int) Math.round(Math.sqrt(area * ratio));
            int h = (int) Math.round(Math.sqrt(area / ratio));
            if (w >= 1 && h >= 1 && w <= p.width() && h <= p.height()) {
                return new Crop(
                        random.nextInt(p.width() - w + 1),
                        random.nextInt(p.height() - h + 1),
                        w,
                        h,
                        random.nextBoolean());
            }
        }
        int side = Math.min(p.width(), p.height());
        return new Crop((p.width() - side) / 2, (p.height() - side) / 2, side, side, random.nextBoolean());
    }

    /** The square of {@code size} pixels in the middle, for evaluation. */
    public static Crop center(Pixels p, int size, boolean mirrored) {
        return new Crop((p.width() - size) / 2, (p.height() - size) / 2, size, size, mirrored);
    }

    /**
     * Writes the crop as network input: bilinear, normalised, in planes of red, green and blue.
     *
     * @param size side of the square
     * @param to gets 3 · size · size values from {@code at} on
     */
    public void write(Pixels p, int size, Normalization n, float[] to, int at) {
        int[] columns = new int[2 * size];
        float[] columnWeights = new float[size];
        for (int i = 0; i < size; i++) {
            float u = position(mirrored ? size - 1 - i : i, width, size);
            int left = (int) u;
            columns[2 * i] = 3 * (x + left);
            columns[2 * i + 1] = 3 * (x + Math.min(left + 1, width - 1));
            columnWeights[i] = u - left;
        }
        byte[] rgb = p.rgb();
        int plane = size * size;
        for (int j = 0; j < size; j++) {
            float v = position(j, height, size);
            int top = (int) v;
            int row0 = 3 * p.width() * (y + top);
            int row1 = 3 * p.width() * (y + Math.min(top + 1, height - 1));
            float wy = v - top;
            int o = at + j * size;
            for (int c = 0; c < 3; c++) {
                float scale = n.scale(c);
                float shift = n.shift(c);
                int out = o + c * plane;
                for (int i = 0; i < size; i++) {
                    int a = columns[2 * i] + c;
                    int b = columns[2 * i + 1] + c;
                    float wx = columnWeights[i];
                    float upper = (rgb[row0 + a] & 0xFF) * (1 - wx) + (rgb[row0 + b] & 0xFF) * wx;
                    float lower = (rgb[row1 + a] & 0xFF) * (1 - wx) + (rgb[row1 + b] & 0xFF) * wx;
                    to[out + i] = (upper * (1 - wy) + lower * wy) * scale + shift;
                }
            }
        }
    }

    /**
     * Where output {@code i} lies in a line of {@code from} pixels, pixel centres being half-way (PyTorch's
     * {@code align_corners=False}).
     */
    private static float position(int i, int from, int size) {
        return Math.min(Math.max((i + 0.5f) * from / size - 0.5f, 0f), from - 1f);
    }
}
