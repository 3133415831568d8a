package ai.softlabel.train;

import java.io.Serializable;

/**
 * How pictures are varied from epoch to epoch.
 *
 * @param minScale least area of a random crop, as a share of the picture's, in (0, 1]
 * @param mixup α of mixup's Beta(α, α) (Zhang et al., 2018), or 0 for none
 * @param cutmix α of CutMix's (Yun et al., 2019), or 0 for none; with both, a picture gets one or the other
 * @param dropout share of the body's features that is dropped before the head, in [0, 1)
 * @param views how many variations of a picture a frozen body makes features of, at least 1
 */
public record Augmentation(double minScale, double mixup, double cutmix, double dropout, int views)
        implements Serializable {
    /** Crops of at least 0.35 of the area, one view, nothing else. */
    public static final Augmentation DEFAULT = new Augmentation(0.35, 0, 0, 0, 1);

    boolean mixes() {
        return mixup > 0 || cutmix > 0;
    }
}
