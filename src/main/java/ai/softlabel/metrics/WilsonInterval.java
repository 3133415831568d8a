package ai.softlabel.metrics;

/**
 * The 95 % interval of a share by Wilson's score (Wilson, "Probable Inference, the Law of Succession, and Statistical
 * Inference", 1927): in [0, 1], and of sensible width for few pictures and for shares of 0 and 1, where a bootstrap has
 * none.
 */
public record WilsonInterval(double low, double high) {
    private static final double NORMAL_97_5 = 1.959963984540054;

    /** Of a share, in [0, 1], of {@code count} pictures, at least 1. */
    public static WilsonInterval of(double share, long count) {
        double z2 = NORMAL_97_5 * NORMAL_97_5;
        double center = (share + z2 / (2 * count)) / (1 + z2 / count);
        double half =
                NORMAL_97_5 / (1 + z2 / count) * Math.sqrt(share * (1 - share) / count + z2 / (4.0 * count * count));
        return new WilsonInterval(Math.max(0, center - half), Math.min(1, center + half));
    }
}
