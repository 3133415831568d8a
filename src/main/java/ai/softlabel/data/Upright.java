package ai.softlabel.data;

import ai.softlabel.Pixels;

/**
 * Turns pictures as EXIF's orientation says (Exif 2.32, tag 0x0112: 1 is upright, 3 upside down, 6 and 8 on a side, the
 * others mirrored).
 */
final class Upright {
    private Upright() {}

    /** The picture turned upright. */
    static Pixels turn(Pixels p, int orientation) {
        if (orientation == 1) {
            return p;
        }
        boolean swapped = orientation >= 5;
        int width = swapped ? p.height() : p.width();
        int height = swapped ? p.width() : p.height();
        byte[] out = new byte[p.rgb().length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int u = swapped ? y : x;
                int v = swapped ? x : y;
                // Columns run backwards for 2, 3, 7 and 8, rows for 3, 4, 6 and 7.
                int fromX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8
                        ? p.width() - 1 - u
                        : u;
                int fromY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7
                        ? p.height() - 1 - v
                        : v;
                System.arraycopy(p.rgb(), 3 * (fromY * p.width() + fromX), out, 3 * (y * width + x), 3);
            }
        }
        return new Pixels(width, height, out);
    }
}
