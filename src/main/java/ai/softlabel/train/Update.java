package ai.softlabel.train;

import ai.softlabel.optim.Average;
import ai.softlabel.optim.Norms;
import ai.softlabel.optim.Optimizer;
import ai.softlabel.optim.Schedule;
import ai.softlabel.optim.Segments;
import java.util.function.BooleanSupplier;

/** A step's second half: one task's share of summing gradients, exchanging them, and moving weights. */
final class Update {
    // Floats that are summed and, still in the cache, moved by: with two replicas and one state, a quarter of a
    // megabyte.
    private static final int BLOCK = 1 << 14;

    private final Group group;
    private final int index;
    private final BooleanSupplier cancelled;
    private final Optimizer rule;
    private final Segments segments;
    private final Norms norms;
    private final Optimization optimization;
    private final double scale;

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
    }

    /** Sums the gradients, within the process and between executors, as far as that is needed; the step's loss. */
    double reduce(int step) throws InterruptedException {
        if (sumsWhileMoving()) {
            return mean(group.losses);
        }
        Exchange.Slice part = group.exchange.active().part(index, group.tasks());
        TreeSum.sum(group.gradients, part.from(), part.to(), group.sums());
        if (group.exchange.members() == 1) {
            return mean(group.losses);
        }
        group.await(cancelled);
        if (index == 0) {
            group.allLosses = group.exchange.reduce(step, group.sums(), group.losses);
        }
        group.await(cancelled);
        return mean(group.allLosses);
    }

    /** Moves the weights of the slice owned here, and exchanges them. */
    void apply(int step, int scheduled, Schedule schedule) throws InterruptedException {
        Exchange.Slice mine = group.exchange.mine();
        Exchange.Slice part = mine.part(index, group.tasks());
        Optimizer.Step s =
                new Optimizer.Step(scheduled + 1, schedule.rate(scheduled), schedule.momentum(scheduled), scale, null);
        if (measures()) {
            s = measured(step, part, s);
        }
        Optimizer.Arrays arrays = new Optimizer.Arrays(group.weights, group.sums(), group.states, mine.from());
        for (int from = part.from(); from < part.to(); from += BLOCK) {
            int to = Math.min(from + BLOCK, part.to());
            if (sumsWhileMoving()) {
                TreeSum.sum(group.gradients, from, to, group.sums());
            }
            rule.update(segments, arrays, from, to, s);
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
        if (group.exchange.members() > 1) {
            if (index == 0) {
                group.exchange.gather(step, group.weights);
            }
            group.await(cancelled);
        }
    }

    /** Whether nobody but the rule needs the sums. */
    private boolean sumsWhileMoving() {
        return group.exchange.members() == 1 && !measures();
    }

    private boolean measures() {
        return optimization.clipNorm() > 0 || rule.wantsTrust();
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
