package ai.softlabel.data;

/**
 * The training pictures that are held out for validation, the same share of each class.
 *
 * @param share of the training pictures, in [0, 1)
 * @param neighbours whether a class gives a run of neighbours in the numbering of its pictures' names, as
 *     {@link FoldCuts} cuts a data set's own lists, instead of a random draw. Neighbours may show the same animal: a
 *     random draw then holds out pictures that look like those trained on, and its figures are too good.
 */
public record HeldOut(double share, boolean neighbours) {
    /** No picture. */
    public static final HeldOut NONE = new HeldOut(0, false);

    /** Only what the data itself names: a share that draws no picture, but is one to stop early by. */
    public static final HeldOut NAMED = new HeldOut(Double.MIN_VALUE, false);

    private static final String NEIGHBOURS = "neighbours:";

    /** The share of a text such as {@link #text} gives, or null for any other text. */
    public static HeldOut parse(String text) {
        boolean neighbours = text.startsWith(NEIGHBOURS);
        try {
            double share = Double.parseDouble(neighbours ? text.substring(NEIGHBOURS.length()) : text);
            return share >= 0 && share < 1 ? new HeldOut(share, neighbours) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** As it is said on the command line. */
    public String text() {
        return (neighbours ? NEIGHBOURS : "") + (equals(NAMED) ? NONE.share : share);
    }
}
