package ai.softlabel.train;

import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * Mixes each picture of a batch with the one after it; {@link BatchTargets} mixes their labels alike. Mixup (Zhang et
 * al., 2018) blends them, CutMix (Yun et al., 2019) pastes a rectangle. The share is drawn for each picture from
 * Beta(α, α).
 */
final class Mixer {
    private final BetaDistribution mixup;
    private final BetaDistribution cutmix;
    private final int size;
    private float[] originals = {};

    Mixer(Augmentation augmentation, int size) {
        this.mixup = beta(augmentation.mixup());
        this.cutmix = beta(augmentation.cutmix());
        this.size = size;
    }

    private static BetaDistribution beta(double alpha) {
        // Without a generator: only quantiles are computed, of our own random numbers.
        return alpha == 0 ? null : new BetaDistribution(null, alpha, alpha);
    }

    /** Starts a batch: {@code pictures} holds planes of red, green and blue for each of its pictures. */
    void start(float[] pictures) {
        if (originals.length != pictures.length) {
            originals = new float[pictures.length];
        }
        System.arraycopy(pictures, 0, originals, 0, pictures.length);
    }

    /**
     * Mixes one picture.
     *
     * @param i the picture's place in the batch
     * @param partner its partner's
     * @return the share in [0, 1] that is left of the picture
     */
    double mix(int i, int partner, float[] pictures, SplittableRandom random) {
        boolean blend = cutmix == null || (mixup != null && random.nextBoolean());
        double share = (blend ? mixup : cutmix).inverseCumulativeProbability(random.nextDouble());
        int length = 3 * size * size;
        if (blend) {
            float keep = (float) share;
            for (int k = 0; k < length; k++) {
                pictures[i * length + k] =
                        keep * originals[i * length + k] + (1 - keep) * originals[partner * length + k];
            }
            return share;
        }
        return paste(i, partner, share, pictures, random);
    }

    /** Pastes a rectangle of an area of about 1 - share; returns the share that is left of the picture. */
    private double paste(int i, int partner, double share, float[] pictures, SplittableRandom random) {
        int side = (int) Math.round(size * Math.sqrt(1 - share));
        int cx = random.nextInt(size);
        int cy = random.nextInt(size);
        int x0 = Math.max(0, cx - side / 2);
        int x1 = Math.min(size, cx - side / 2 + side);
        int y0 = Math.max(0, cy - side / 2);
        int y1 = Math.min(size, cy - side / 2 + side);
        int plane = size * size;
        for (int c = 0; c < 3; c++) {
            for (int y = y0; y < y1; y++) {
                int at = c * plane + y * size + x0;
                System.arraycopy(originals, partner * 3 * plane + at, pictures, i * 3 * plane + at, x1 - x0);
            }
        }
        return 1 - (double) (x1 - x0) * (y1 - y0) / plane;
    }
}
