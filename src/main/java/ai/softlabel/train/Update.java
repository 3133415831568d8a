package ai.softlabel.train;

import ai.softlabel.optim.Average;
import ai.softlabel.optim.Norms;
import ai.softlabel.optim.Optimizer;
import ai.softlabel.optim.Schedule;
import ai.softlabel.optim.Segments;
import java.util.function.BooleanSupplier;

/** A step's second half: one task's share of summing gradients, exchanging them, and moving weights. */
final class Update {
    // Floats that are summed, moved by and written down, all while they are in the cache: a quarter of a megabyte.
    private static final int BLOCK = 1 << 14;
    private static final int LEAST = 1 << 10;

    private final Group group;
    private final int index;
    private final BooleanSupplier cancelled;
    private final Optimizer rule;
    private final Segments segments;
    private final Norms norms;
    private final Optimization optimization;
    private final double scale;
    private final int block;
    private final float[] before;
    private final float[][] scratch;

    /** @param index this task's place in its group */
    Update(Recipe recipe, Group group, int index, BooleanSupplier cancelled) {
        this.group = group;
        this.index = index;
        this.cancelled = cancelled;
        this.optimization = recipe.optimization();
        this.rule = optimization.rule();
        this.segments = optimization.segments(recipe.model());
        this.norms = new Norms(
                segments,
                group.exchange.active().from(),
                group.exchange.active().to());
        this.scale = 1.0 / recipe.replicas() / optimization.accumulate();
        int members = group.exchange.members();
        this.block = Math.max(LEAST, BLOCK / Math.max(1, members / 2));
        this.before = members == 1 ? null : new float[block];
        this.scratch = members == 1 ? null : new float[members][block];
    }

    /** Brings gradients to where they are summed; the step's loss. */
    double reduce(int step) throws InterruptedException {
        Exchange exchange = group.exchange;
        if (exchange.members() == 1) {
            return mean(group.losses);
        }
        Exchange.Slice active = exchange.active();
        Exchange.Slice mine = exchange.mine();
        offer(new Exchange.Slice(active.from(), mine.from()).part(index, group.tasks()));
        offer(new Exchange.Slice(mine.to(), active.to()).part(index, group.tasks()));
        group.await(cancelled);
        if (index == 0) {
            group.allLosses = exchange.reduce(step, group.losses);
        }
        group.await(cancelled);
        return mean(group.allLosses);
    }

    private void offer(Exchange.Slice part) {
        for (int from = part.from(); from < part.to(); from += block) {
            int to = Math.min(from + block, part.to());
            TreeSum.sum(group.gradients, from, to, group.sums());
            group.exchange.offer(group.sums(), from, to);
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
            for (int from = part.from(); from < part.to(); from += block) {
                sum(from, Math.min(from + block, part.to()));
            }
            s = measured(step, part, s);
        }
        Optimizer.Arrays arrays = new Optimizer.Arrays(group.weights, group.sums(), group.states, mine.from());
        for (int from = part.from(); from < part.to(); from += block) {
            int to = Math.min(from + block, part.to());
            if (!measures) {
                sum(from, to);
            }
            if (before != null) {
                System.arraycopy(group.weights, from, before, 0, to - from);
            }
            rule.update(segments, arrays, from, to, s);
            exchange.moved(before, group.weights, from, to);
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

    private void sum(int from, int to) {
        TreeSum.sum(group.gradients, from, to, group.sums());
        group.exchange.sum(group.sums(), from, to, scratch);
    }

    private Optimizer.Step measured(int step, Exchange.Slice part, Optimizer.Step s) throws InterruptedException {
        group.pieces[index] = norms.pieces(group.weights, group.sums(), scale, part.from(), part.to());
        group.await(cancelled);
        if (index == 0) {
            group.allPieces = group.exchange.share(
                    step,
                    java.util.Arrays.stream(group.pieces)
                            .flatMapToDouble(java.util.Arrays::stream)
                            .toArray());
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
