package ai.softlabel.metrics;

/** Sums of real numbers in units of 2^-32: whole numbers, so that the order of adding changes no bit. */
final class FixedPoint {
    static final double ONE = 0x1p32;

    private FixedPoint() {}

    static long of(double value) {
        return Math.round(value * ONE);
    }

    /** The sum and a value several times; throws beyond 2^31. */
    static long plus(long sum, double value, int times) {
        return Math.addExact(sum, Math.multiplyExact(of(value), times));
    }

    static double mean(long sum, long count) {
        return count == 0 ? Double.NaN : sum / ONE / count;
    }

    static double share(long part, long of) {
        return of == 0 ? Double.NaN : (double) part / of;
    }
}
