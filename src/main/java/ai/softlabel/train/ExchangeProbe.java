package ai.softlabel.train;

import ai.softlabel.spark.BarrierStage;
import ai.softlabel.spark.Peer;
import ai.softlabel.spark.StageContext;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** The exchange alone, without the compute between, on executors of one task each. */
public final class ExchangeProbe implements BarrierStage.Task<Integer, ExchangeProbe.Result> {
    private static final long serialVersionUID = 1;
    private static final int WARM_UP = 10;
    private static final int BLOCK = 1 << 13;

    private final int size;
    private final int steps;
    private final Wire wire;
    private final double timeout;

    private ExchangeProbe(int size, int steps, Wire wire, double timeout) {
        this.size = size;
        this.steps = steps;
        this.wire = wire;
        this.timeout = timeout;
    }

    /**
     * What exchanges came to.
     *
     * @param seconds median of one, both halves
     * @param bytesPerStep that one executor sent in each
     */
    public record Result(double seconds, double bytesPerStep) implements Serializable {}

    /**
     * Exchanges arrays of {@code size} floats {@code steps} times between so many executors.
     *
     * @return the first executor's figures
     */
    public static Result run(JavaSparkContext spark, int executors, int size, int steps, Wire wire, double timeout) {
        List<Integer> items =
                java.util.stream.IntStream.range(0, executors).boxed().toList();
        try {
            return BarrierStage.run(
                            spark.parallelize(items, executors),
                            Result.class,
                            new ExchangeProbe(size, steps, wire, timeout),
                            BarrierStage.Patience.of(timeout))
                    .get(0);
        } catch (Exception e) {
            throw Failures.of(e, 0);
        }
    }

    @Override
    public Result run(Iterator<Integer> partition, StageContext context) throws InterruptedException {
        List<Peer> peers = context.peers(PeerExchange.KINDS, PeerExchange.mostBytes(size, 1), 0);
        float[] gradients = new float[size];
        float[] weights = new float[size];
        Arrays.fill(gradients, 1e-3f);
        Exchange exchange = new PeerExchange(
                Placement.of(peers, 1),
                context.partition(),
                new Exchange.Slice(0, size),
                wire,
                context.mailbox(),
                timeout,
                context::cancelled);
        float[][] scratch = new float[peers.size()][BLOCK];
        double[] seconds = new double[steps];
        long warm = 0;
        for (int step = 0; step < WARM_UP + steps; step++) {
            if (step == WARM_UP) {
                warm = exchange.bytesSent();
            }
            long start = System.nanoTime();
            exchange(exchange, step, gradients, weights, scratch);
            if (step >= WARM_UP) {
                seconds[step - WARM_UP] = (System.nanoTime() - start) / 1e9;
            }
        }
        Arrays.sort(seconds);
        return new Result(seconds[steps / 2], (exchange.bytesSent() - warm) / (double) steps);
    }

    /** What {@link Update} does, but for the rule. */
    private static void exchange(Exchange exchange, int step, float[] gradients, float[] weights, float[][] scratch)
            throws InterruptedException {
        exchange.offer(0, gradients, 0, gradients.length);
        exchange.reduce(step, new double[1]);
        Exchange.Slice mine = exchange.mine();
        for (int from = mine.from(); from < mine.to(); from += BLOCK) {
            int to = Math.min(from + BLOCK, mine.to());
            exchange.sum(new float[][] {gradients}, from, to, scratch);
            exchange.move(weights, scratch[0], from, to);
        }
        exchange.gather(step, weights);
    }
}
