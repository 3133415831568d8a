package ai.softlabel.data;

/** What is done to a picture before the network sees it, besides {@link Normalization}. */
public final class Preprocessing {
    private Preprocessing() {}

    /**
     * The short side that pictures are resized to before the middle is cropped: 8/7 of the network's size, at most 256,
     * never less than it.
     */
    public static int shortSide(int imageSize) {
        return Math.max(imageSize, Math.min(256, Math.round(imageSize * 8 / 7f)));
    }
}
