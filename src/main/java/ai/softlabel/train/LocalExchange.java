package ai.softlabel.train;

import java.util.List;

/**
 * The exchange of a single executor: there is nobody to exchange with.
 *
 * @param replicas how many there are
 */
record LocalExchange(Slice active, int replicas) implements Exchange {
    @Override
    public Slice mine() {
        return active;
    }

    @Override
    public int members() {
        return 1;
    }

    @Override
    public List<Range> pieces() {
        return List.of(new Range(0, replicas));
    }

    @Override
    public int parts() {
        return 1;
    }

    @Override
    public void offer(int piece, float[] sum, int from, int to) {}

    @Override
    public double[] reduce(int step, double[] losses) {
        return losses;
    }

    @Override
    public void sum(float[][] sums, int from, int to, float[][] scratch) {
        System.arraycopy(sums[0], from, scratch[0], 0, to - from);
    }

    @Override
    public void move(float[] weights, float[] moved, int from, int to) {
        System.arraycopy(moved, 0, weights, from, to - from);
    }

    @Override
    public void gather(int step, float[] weights) {}

    @Override
    public double[] share(int step, double[] figures) {
        return figures;
    }

    @Override
    public long bytesSent() {
        return 0;
    }
}
