package ai.softlabel.network;

/** Running statistics as training leaves them. */
final class MeasuredStatistics {
    private MeasuredStatistics() {}

    /**
     * Those of a batch of pictures. Call it on a native thread.
     *
     * @param pictures any number, (batch, 3, size, size)
     */
    static float[] of(Model plain, int size, float[] weights, float[] pictures) {
        float[] statistics = new float[plain.statisticsSize()];
        int batch = pictures.length / (3 * size * size);
        try (Network n = new Network(plain, batch, size, weights, new float[plain.size()], statistics, null)) {
            System.arraycopy(pictures, 0, n.input(), 0, pictures.length);
            n.forward();
            n.statistics(statistics);
        }
        // From zero one step of the average of momentum 0.1 comes a tenth of the way.
        for (int i = 0; i < statistics.length; i++) {
            statistics[i] *= 10;
        }
        return statistics;
    }
}
