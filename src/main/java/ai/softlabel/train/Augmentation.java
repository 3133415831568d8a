package ai.softlabel.train;

import java.io.Serializable;

/**
 * The augmentation of training pictures.
 *
 * @param minScale smallest area of a random crop, as a share of the picture's, in (0, 1]
 * @param mixup α of mixup's Beta(α, α) (Zhang et al., 2018), or 0 for none
 * @param cutmix α of CutMix's (Yun et al., 2019), or 0 for none; with both, a picture gets one or the other
 * @param dropout dropout rate of the features before the head, in [0, 1)
 * @param views number of augmented views of a picture whose features are cached in frozen epochs, at least 1
 */
public record Augmentation(double minScale, double mixup, double cutmix, double dropout, int views)
        implements Serializable {
    /** Crops of at least 0.35 of the area, one view, nothing else. */
    public static final Augmentation DEFAULT = new Augmentation(0.35, 0, 0, 0, 1);

    boolean mixes() {
        return mixup > 0 || cutmix > 0;
    }
}
