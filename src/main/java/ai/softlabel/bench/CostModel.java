package ai.softlabel.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * The seconds of a synchronous data-parallel step, after the α-β model of Hockney (1994) as Thakur et al.
 * ("Optimization of Collective Communication Operations in MPICH", 2005) use it for reduce-scatter and all-gather. With
 * n executors, a replica's batch of b pictures accumulated k times, and a gradient of s bytes on the wire:
 *
 * <pre>
 * compute(b)    = base + perPicture · b
 * straggler(n)  = jitter · √k · √(2 ln n)                     the slowest of n, were their times normal
 * latency(n)    = 2 · phase + 2 (n - 1) · message             each executor sends so many messages, and takes as many
 * bandwidth(n)  = 2 (n - 1) / n · s · perByte
 * step          = k · compute(b) + straggler + latency + bandwidth + update / n
 * </pre>
 *
 * @param base seconds of a batch's compute whatever its size
 * @param perPicture seconds of compute for each picture
 * @param jitter standard deviation of a batch's compute, in seconds
 * @param phase seconds until the last message of either half has arrived, whatever their number: threads that wake up,
 *     the network's latency, which messages on their way have together
 * @param message seconds of work for a message, at both its ends
 * @param perByte seconds of a byte, copies and network
 * @param update seconds in which one executor alone sums and moves all weights
 */
public record CostModel(
        double base, double perPicture, double jitter, double phase, double message, double perByte, double update) {
    /** Most pictures that a replica is thought to have room for. */
    public static final int MOST_BATCH = 64;

    private static final int MOST_ACCUMULATED = 1 << 14;
    private static final double SINGULAR = 1e-9;

    /**
     * A measured exchange.
     *
     * @param executors how many took part
     * @param bytes of the whole gradient, as it travels
     * @param turns executors that share a core, at least 1: what is work takes so many times as long
     * @param seconds of one exchange, both halves
     */
    public record Exchanged(int executors, long bytes, double turns, double seconds) {}

    /** A measured batch: its pictures, and the seconds of its forward and backward. */
    public record Computed(int batch, double seconds) {}

    /** What a step's time is made of, in seconds. */
    public record Step(double compute, double straggler, double latency, double bandwidth, double update) {
        public double seconds() {
            return compute + straggler + latency + bandwidth + update;
        }

        /** Compute over the whole: 1 were the rest free. */
        public double efficiency() {
            return compute / seconds();
        }

        /** The largest of the terms. */
        public String bound() {
            double most = Math.max(Math.max(compute, straggler), Math.max(latency, Math.max(bandwidth, update)));
            return most == compute
                    ? "compute"
                    : most == straggler
                            ? "stragglers"
                            : most == latency ? "latency" : most == bandwidth ? "bandwidth" : "update";
        }
    }

    /** A replica's batch, and how many of them make a step. */
    public record Batching(int batch, int accumulate) {}

    /**
     * Fits the model; errors are relative, so that small exchanges count as much as large ones.
     *
     * @param computed at two batch sizes at the least
     * @param exchanged of two sizes and of two numbers of executors at the least
     * @throws IllegalArgumentException where those are too few
     */
    public static CostModel fit(List<Computed> computed, double jitter, List<Exchanged> exchanged, double update) {
        double[] line = relative(computed.stream()
                .map(c -> new double[] {1, c.batch(), c.seconds()})
                .toList());
        double[] cost = relative(exchanged.stream()
                .map(e -> new double[] {
                    phases(e.executors()),
                    e.turns() * messages(e.executors()),
                    e.turns() * share(e.executors()) * e.bytes(),
                    e.seconds()
                })
                .toList());
        return new CostModel(line[0], line[1], jitter, cost[0], cost[1], cost[2], update);
    }

    /** The same machines joined by another network. */
    public CostModel over(double bytesPerSecond, double latencySeconds) {
        return new CostModel(
                base, perPicture, jitter, phase + latencySeconds, message, perByte + 1 / bytesPerSecond, update);
    }

    /** The seconds of an exchange, both halves, between executors of which so many share a core. */
    public double exchange(int executors, double bytes, double turns) {
        return phases(executors) * phase + turns * (messages(executors) * message + share(executors) * bytes * perByte);
    }

    /** A step's terms. */
    public Step step(int executors, Batching of, double bytes) {
        return new Step(
                of.accumulate() * (base + perPicture * of.batch()),
                jitter * Math.sqrt(of.accumulate()) * Math.sqrt(2 * Math.log(executors)),
                phases(executors) * phase + messages(executors) * message,
                share(executors) * bytes * perByte,
                update / executors);
    }

    /**
     * The smallest step, in pictures, that is at least so efficient: the batch grows to {@link #MOST_BATCH}, then
     * batches accumulate.
     *
     * @return null where no step is
     */
    public Batching reach(double efficiency, int executors, double bytes) {
        for (int batch = 1; batch <= MOST_BATCH; batch *= 2) {
            Batching b = new Batching(batch, 1);
            if (step(executors, b, bytes).efficiency() >= efficiency) {
                return b;
            }
        }
        for (int k = 2; k <= MOST_ACCUMULATED; k++) {
            Batching b = new Batching(MOST_BATCH, k);
            if (step(executors, b, bytes).efficiency() >= efficiency) {
                return b;
            }
        }
        return null;
    }

    private static double phases(int executors) {
        return executors == 1 ? 0 : 2;
    }

    private static double messages(int executors) {
        return 2.0 * (executors - 1);
    }

    private static double share(int executors) {
        return 2.0 * (executors - 1) / executors;
    }

    /**
     * Least squares over rows of terms and, last, what they should add up to, each row divided by that; a coefficient
     * that would be below 0 is 0.
     */
    private static double[] relative(List<double[]> rows) {
        int terms = rows.get(0).length - 1;
        List<Integer> kept = new ArrayList<>(IntStream.range(0, terms).boxed().toList());
        while (true) {
            double[] found = solve(rows, kept);
            double[] all = new double[terms];
            int least = 0;
            for (int k = 0; k < found.length; k++) {
                all[kept.get(k)] = found[k];
                least = found[k] < found[least] ? k : least;
            }
            if (found[least] >= 0) {
                return all;
            }
            kept.remove(least);
        }
    }

    private static double[] solve(List<double[]> rows, List<Integer> kept) {
        int sum = rows.get(0).length - 1;
        RealMatrix x = MatrixUtils.createRealMatrix(rows.size(), kept.size());
        for (int k = 0; k < kept.size(); k++) {
            int term = kept.get(k);
            x.setColumn(k, rows.stream().mapToDouble(r -> r[term] / r[sum]).toArray());
        }
        // Bytes and messages are some orders apart.
        double[] norms = IntStream.range(0, kept.size())
                .mapToDouble(k -> x.getColumnVector(k).getNorm())
                .toArray();
        RealVector ones = new ArrayRealVector(rows.size(), 1);
        DecompositionSolver solver =
                rows.size() < kept.size() ? null : new QRDecomposition(scaled(x, norms), SINGULAR).getSolver();
        if (solver == null || !solver.isNonSingular()) {
            throw new IllegalArgumentException(
                    "expected measurements of two sizes, and of two numbers of executors, at the least, found "
                            + rows.size());
        }
        double[] found = solver.solve(ones).toArray();
        for (int k = 0; k < found.length; k++) {
            found[k] /= norms[k];
        }
        return found;
    }

    private static RealMatrix scaled(RealMatrix x, double[] norms) {
        return x.multiply(MatrixUtils.createRealDiagonalMatrix(
                java.util.Arrays.stream(norms).map(n -> 1 / n).toArray()));
    }
}
