package ai.softlabel.spark;

/**
 * How far some work is, as it is shown to people; the driver's own listeners get it.
 *
 * @param doing what is done
 * @param done how many are done
 * @param total how many there will be, or -1 where nobody knows yet
 * @param unit what is counted, in the plural
 * @param rate how many a second
 * @param ended whether the work is over
 */
public record WorkProgress(String doing, long done, long total, String unit, double rate, boolean ended) {
    /** Seconds left at this rate, or -1 where the total is not known. */
    public double left() {
        return total < 0 ? -1 : Math.max(0, total - done) / rate;
    }
}
