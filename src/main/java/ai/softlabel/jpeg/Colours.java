package ai.softlabel.jpeg;

/** From planes of samples to red, green and blue (ITU T.871, section 7, in 16 binary places as libjpeg has it). */
final class Colours {
    private static final int PLACES = 16;
    private static final int HALF = 1 << (PLACES - 1);
    private static final int CR_RED = fixed(1.402);
    private static final int CB_BLUE = fixed(1.772);
    private static final int CR_GREEN = fixed(0.714136286);
    private static final int CB_GREEN = fixed(0.344136286);

    private Colours() {}

    private static int fixed(double value) {
        return (int) (value * (1 << PLACES) + 0.5);
    }

    /**
     * Writes lines of a picture.
     *
     * @param planes one of grey or three, of which the first line is {@code from}
     * @param stride distance between a plane's lines
     * @param ycc whether three planes are luma and two differences
     * @param rgb the picture, of {@code width}
     */
    static void write(byte[][] planes, int stride, boolean ycc, byte[] rgb, int width, int from, int to) {
        int out = 3 * width * from;
        for (int y = from; y < to; y++) {
            int line = (y - from) * stride;
            for (int i = line; i < line + width; i++) {
                if (planes.length == 3 && ycc) {
                    int luma = planes[0][i] & 0xFF;
                    int cb = (planes[1][i] & 0xFF) - 128;
                    int cr = (planes[2][i] & 0xFF) - 128;
                    rgb[out++] = clamped(luma + (CR_RED * cr + HALF >> PLACES));
                    rgb[out++] = clamped(luma + (HALF - CR_GREEN * cr - CB_GREEN * cb >> PLACES));
                    rgb[out++] = clamped(luma + (CB_BLUE * cb + HALF >> PLACES));
                } else {
                    rgb[out++] = planes[0][i];
                    rgb[out++] = planes[planes.length / 2][i];
                    rgb[out++] = planes[planes.length - 1][i];
                }
            }
        }
    }

    private static byte clamped(int value) {
        return (byte) Math.min(Math.max(value, 0), 255);
    }
}
