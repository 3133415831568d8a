package ai.softlabel.train;

import ai.softlabel.optim.Average;
import ai.softlabel.optim.GradientNorms;
import ai.softlabel.optim.Optimizer;
import ai.softlabel.optim.Schedule;
import ai.softlabel.optim.Segments;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A step's second half: one task's share of summing gradients, exchanging them, and moving weights. */
final class Update {
    // Floats that are summed, moved by and written down, all while they are in the cache: a quarter of a megabyte.
    private static final int BLOCK = 1 << 14;

    private final Group group;
    private final int index;
    private final BooleanSupplier cancelled;
    private final Optimizer rule;
    private final Segments segments;
    private final GradientNorms norms;
    private final Optimization optimization;
    private final double scale;
    private final int block;
    // Whether all arrays have the same index as they are; where not, blocks of them are copied to such as have.
    private final boolean inPlace;
    private final List<Exchange.Range> pieces;
    // Of each piece: the gradients of its replicas, and the first of them, where their sum goes.
    private final float[][][] gradients;
    private final float[][] sums;
    private final float[][] scratch;
    private final float[] moved;
    private final float[] origin;
    private final float[] originBlock;
    private final float[][] states;

    /**
     * @param segments of the flat arrays
     * @param origin what weight decay goes towards, as long as the weights, or null for zero
     * @param replicas of all executors
     * @param index this task's place in its group
     */
    Update(
            Optimization optimization,
            Segments segments,
            float[] origin,
            int replicas,
            Group group,
            int index,
            BooleanSupplier cancelled) {
        this.group = group;
        this.index = index;
        this.cancelled = cancelled;
        this.optimization = optimization;
        this.rule = optimization.rule();
        this.segments = segments;
        this.norms = new GradientNorms(
                segments,
                group.exchange.active().from(),
                group.exchange.active().to());
        this.scale = 1.0 / replicas / optimization.accumulate();
        this.pieces = group.exchange.pieces();
        this.gradients = new float[pieces.size()][][];
        this.sums = new float[pieces.size()][];
        int parts = group.exchange.parts();
        this.block =
                Math.max(GradientNorms.GRID, BLOCK / Math.max(1, parts / 2) / GradientNorms.GRID * GradientNorms.GRID);
        this.inPlace = group.exchange.members() == 1 && group.exchange.mine().from() == 0;
        this.scratch = inPlace ? null : new float[parts][block];
        this.moved = inPlace ? null : new float[block];
        this.origin = origin;
        this.originBlock = inPlace || origin == null ? null : new float[block];
        this.states = inPlace ? group.states : new float[group.states.length][block];
    }

    /** The gradients that a piece is the sum of; the first of them is where the sum goes. */
    private float[][] gradients(Exchange.Range piece) {
        return Arrays.copyOfRange(group.gradients, piece.first(), piece.first() + piece.count());
    }

    /** Sums each piece in [from, to), in place. */
    private void sumPieces(int from, int to) {
        for (int i = 0; i < pieces.size(); i++) {
            TreeSum.sum(gradients[i], from, to, sums[i]);
        }
    }

    /** Brings gradients to where they are summed, in a stage that ends with its last step; the step's loss. */
    double reduce(int step) throws InterruptedException {
        return reduce(step, () -> false);
    }

    /**
     * Brings gradients to where they are summed. {@link Group#ends} then says in all tasks of all executors whether one
     * wants the stage to end after this step.
     *
     * @param wantsEnd asked in an executor's first task only
     * @return the step's loss
     */
    double reduce(int step, BooleanSupplier wantsEnd) throws InterruptedException {
        Exchange exchange = group.exchange;
        for (int i = 0; i < pieces.size(); i++) {
            gradients[i] = gradients(pieces.get(i));
            sums[i] = gradients[i][0];
        }
        if (exchange.members() == 1) {
            if (index == 0) {
                group.ends = wantsEnd.getAsBoolean();
            }
            return mean(group.losses);
        }
        Exchange.Slice active = exchange.active();
        Exchange.Slice mine = exchange.mine();
        offer(new Exchange.Slice(active.from(), mine.from()).part(index, group.tasks()));
        offer(new Exchange.Slice(mine.to(), active.to()).part(index, group.tasks()));
        group.await(cancelled);
        if (index == 0) {
            exchange.wantsEnd(wantsEnd.getAsBoolean());
            group.allLosses = exchange.reduce(step, group.losses);
            group.ends = exchange.ends();
        }
        group.await(cancelled);
        return mean(group.allLosses);
    }

    private void offer(Exchange.Slice part) {
        for (int from = part.from(), to; from < part.to(); from = to) {
            to = end(from, part);
            sumPieces(from, to);
            for (int i = 0; i < pieces.size(); i++) {
                group.exchange.offer(i, sums[i], from, to);
            }
        }
    }

    /** Sums the gradients of the slice owned here, moves its weights, and exchanges them. */
    void apply(int step, int scheduled, Schedule schedule) throws InterruptedException {
        Exchange exchange = group.exchange;
        Exchange.Slice mine = exchange.mine();
        Exchange.Slice part = mine.part(index, group.tasks());
        Optimizer.Step s =
                new Optimizer.Step(scheduled + 1, schedule.rate(scheduled), schedule.momentum(scheduled), scale, null);
        boolean measures = optimization.clipNorm() > 0 || rule.wantsTrust();
        if (measures) {
            for (int from = part.from(), to; from < part.to(); from = to) {
                to = end(from, part);
                sum(from, to);
                if (!inPlace) {
                    System.arraycopy(scratch[0], 0, group.sums(), from, to - from);
                }
            }
            s = measured(step, part, s);
        }
        for (int from = part.from(), to; from < part.to(); from = to) {
            to = end(from, part);
            if (!measures) {
                sum(from, to);
            } else if (!inPlace) {
                System.arraycopy(group.sums(), from, scratch[0], 0, to - from);
            }
            move(from, to, s);
        }
        if (optimization.average() > 0) {
            Average.update(
                    group.states[group.states.length - 1],
                    mine.from(),
                    group.weights,
                    part.from(),
                    part.to(),
                    optimization.average());
        }
        group.await(cancelled);
        if (exchange.members() > 1) {
            if (index == 0) {
                exchange.gather(step, group.weights);
            }
            group.await(cancelled);
        }
    }

    /** Where the block that begins at {@code from} ends: on the grid. */
    private int end(int from, Exchange.Slice part) {
        return Math.min((from / block + 1) * block, part.to());
    }

    private void sum(int from, int to) {
        sumPieces(from, to);
        if (!inPlace) {
            group.exchange.sum(sums, from, to, scratch);
        }
    }

    private void move(int from, int to, Optimizer.Step s) {
        if (inPlace) {
            rule.update(segments, new Optimizer.Arrays(group.weights, group.sums(), states, 0, origin), from, to, s);
            return;
        }
        int n = to - from;
        int stateAt = from - group.exchange.mine().from();
        System.arraycopy(group.weights, from, moved, 0, n);
        for (int i = 0; i < states.length; i++) {
            System.arraycopy(group.states[i], stateAt, states[i], 0, n);
        }
        if (originBlock != null) {
            System.arraycopy(origin, from, originBlock, 0, n);
        }
        rule.update(segments, new Optimizer.Arrays(moved, scratch[0], states, from, originBlock), from, to, s);
        for (int i = 0; i < states.length; i++) {
            System.arraycopy(states[i], 0, group.states[i], stateAt, n);
        }
        group.exchange.move(group.weights, moved, from, to);
    }

    private Optimizer.Step measured(int step, Exchange.Slice part, Optimizer.Step s) throws InterruptedException {
        group.pieces[index] = norms.pieces(group.weights, group.sums(), scale, part.from(), part.to());
        group.await(cancelled);
        if (index == 0) {
            group.allPieces = group.exchange.share(
                    step,
                    Arrays.stream(group.pieces).flatMapToDouble(Arrays::stream).toArray());
        }
        group.await(cancelled);
        return norms.step(rule, group.allPieces, optimization.clipNorm(), s);
    }

    private static double mean(double[] losses) {
        double sum = 0;
        for (double loss : losses) {
            sum += loss;
        }
        return sum / losses.length;
    }
}
