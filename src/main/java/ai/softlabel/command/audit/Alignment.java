package ai.softlabel.command.audit;

/**
 * How alike two pictures are where they fit best: the correlation of their grey levels, the largest over mirror images
 * and crops of one of them by up to a tenth.
 */
final class Alignment {
    private static final double[] SCALES = {1, 0.975, 0.95, 0.925, 0.9};
    private static final int PLACES = 3;
    private static final int SIDE = Look.SIDE;

    private Alignment() {}

    /** In [-1, 1]; 1 for a picture and itself. */
    static double of(Look a, Look b) {
        return Math.max(cropped(a.grey(), b.grey()), cropped(b.grey(), a.grey()));
    }

    /** The largest correlation of a whole picture with crops of another. */
    private static double cropped(float[] whole, float[] other) {
        double best = -1;
        for (double scale : SCALES) {
            int places = scale == 1 ? 1 : PLACES;
            for (int px = 0; px < places; px++) {
                for (int py = 0; py < places; py++) {
                    double x = places == 1 ? 0 : (1 - scale) * px / (places - 1);
                    double y = places == 1 ? 0 : (1 - scale) * py / (places - 1);
                    best = Math.max(best, correlation(whole, other, scale, x, y, false));
                    best = Math.max(best, correlation(whole, other, scale, x, y, true));
                }
            }
        }
        return best;
    }

    private static double correlation(float[] a, float[] b, double scale, double x, double y, boolean mirrored) {
        double sa = 0;
        double sb = 0;
        double aa = 0;
        double bb = 0;
        double ab = 0;
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                double va = a[row * SIDE + (mirrored ? SIDE - 1 - column : column)];
                double vb = at(b, ((column + 0.5) * scale + x * SIDE) - 0.5, ((row + 0.5) * scale + y * SIDE) - 0.5);
                sa += va;
                sb += vb;
                aa += va * va;
                bb += vb * vb;
                ab += va * vb;
            }
        }
        double n = SIDE * SIDE;
        double spread = Math.sqrt((aa - sa * sa / n) * (bb - sb * sb / n));
        return spread < 1e-6 ? 0 : (ab - sa * sb / n) / spread;
    }

    /** Between the four nearest cells. */
    private static double at(float[] grid, double x, double y) {
        double cx = Math.max(0, Math.min(SIDE - 1, x));
        double cy = Math.max(0, Math.min(SIDE - 1, y));
        int x0 = (int) cx;
        int y0 = (int) cy;
        int x1 = Math.min(SIDE - 1, x0 + 1);
        int y1 = Math.min(SIDE - 1, y0 + 1);
        double fx = cx - x0;
        double fy = cy - y0;
        return (1 - fy) * ((1 - fx) * grid[y0 * SIDE + x0] + fx * grid[y0 * SIDE + x1])
                + fy * ((1 - fx) * grid[y1 * SIDE + x0] + fx * grid[y1 * SIDE + x1]);
    }
}
