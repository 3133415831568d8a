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
 * straggler(n)  = jitter · √k · √(2 ln n)                     the slowest of n, for normal times
 * latency(n)    = 2 · phase + 2 (n - 1) · message             each executor sends and receives 2 (n - 1) messages
 * bandwidth(n)  = 2 (n - 1) / n · s · perByte
 * step          = k · compute(b) + straggler + latency + bandwidth + update / n
 * </pre>
 *
 * @param base seconds of compute per batch, independent of its size
 * @param perPicture seconds of compute per picture
 * @param jitter standard deviation of a batch's compute, in seconds
 * @param phase seconds per half of an exchange, independent of the number of messages: thread wake-up and network
 *     latency, which concurrent messages share
 * @param message seconds of work per message, at both ends
 * @param perByte seconds per byte, for copies and network
 * @param update seconds in which a single executor sums gradients and updates all weights
 */
public record CostModel(
        double base, double perPicture, double jitter, double phase, double message, double perByte, double update) {
    /** The largest batch per replica that is assumed to fit in memory. */
    public static final int MOST_BATCH = 64;

    private static final int MOST_ACCUMULATED = 1 << 14;
    private static final double SINGULAR = 1e-9;

    /**
     * A measured exchange.
     *
     * @param executors number of executors
     * @param bytes bytes of the whole gradient on the wire
     * @param turns executors per core, at least 1, by which the time of work is multiplied
     * @param seconds seconds of one exchange, both halves
     */
    public record Exchanged(int executors, long bytes, double turns, double seconds) {}

    /** A measured batch: its number of pictures, and the seconds of its forward and backward pass. */
    public record Computed(int batch, double seconds) {}

    /** The parts of a step's time, in seconds. */
    public record Step(double compute, double straggler, double latency, double bandwidth, double update) {
        public double seconds() {
            return compute + straggler + latency + bandwidth + update;
        }

        /** The efficiency: compute time over the whole time, at most 1. */
        public double efficiency() {
            return compute / seconds();
        }

        /** The name of the largest part. */
        public String bound() {
            double most = Math.max(Math.max(compute, straggler), Math.max(latency, Math.max(bandwidth, update)));
            return most == compute
                    ? "compute"
                    : most == straggler
                            ? "stragglers"
                            : most == latency ? "latency" : most == bandwidth ? "bandwidth" : "update";
        }
    }

    /** A replica's batch and the number of accumulated batches per step. */
    public record Batching(int batch, int accumulate) {}

    /**
     * Fits the model; errors are relative, so that small exchanges count as much as large ones.
     *
     * @param computed measurements at two or more batch sizes
     * @param exchanged measurements of two or more sizes and two or more numbers of executors
     * @throws IllegalArgumentException if there are too few
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

    /** The model of the same machines with another network. */
    public CostModel over(double bytesPerSecond, double latencySeconds) {
        return new CostModel(
                base, perPicture, jitter, phase + latencySeconds, message, perByte + 1 / bytesPerSecond, update);
    }

    /** The seconds of an exchange, both halves, with {@code turns} executors per core. */
    public double exchange(int executors, double bytes, double turns) {
        return phases(executors) * phase + turns * (messages(executors) * message + share(executors) * bytes * perByte);
    }

    /** The parts of a step's time. */
    public Step step(int executors, Batching of, double bytes) {
        return new Step(
                of.accumulate() * (base + perPicture * of.batch()),
                jitter * Math.sqrt(of.accumulate()) * Math.sqrt(2 * Math.log(executors)),
                phases(executors) * phase + messages(executors) * message,
                share(executors) * bytes * perByte,
                update / executors);
    }

    /**
     * The smallest step, in pictures, with at least this efficiency: the batch grows to {@link #MOST_BATCH}, then
     * batches are accumulated.
     *
     * @return null if no step is
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
     * Non-negative least squares: each row has the terms and, last, the target; rows are divided by their target, and
     * coefficients below 0 are set to 0.
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
        // Scaled, because bytes and messages differ by orders of magnitude.
        double[] norms = IntStream.range(0, kept.size())
                .mapToDouble(k -> x.getColumnVector(k).getNorm())
                .toArray();
        RealVector ones = new ArrayRealVector(rows.size(), 1);
        DecompositionSolver solver =
                rows.size() < kept.size() ? null : new QRDecomposition(scaled(x, norms), SINGULAR).getSolver();
        if (solver == null || !solver.isNonSingular()) {
            throw new IllegalArgumentException(
                    "expected measurements of at least two sizes and at least two numbers of executors, found "
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
