package ai.softlabel.command.study;

import ai.softlabel.Seeds;
import ai.softlabel.command.study.StudiedRun.Said;
import ai.softlabel.command.study.StudiedRun.Seen;
import ai.softlabel.command.study.Transfer.Tried;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.Reliability;
import ai.softlabel.metrics.StudentInterval;
import ai.softlabel.metrics.TemplateSpace;
import ai.softlabel.run.Json;
import ai.softlabel.score.Bootstrap;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Compares runs of several losses: figures of each, means over the seeds, and their differences from those of the first
 * loss. A difference has two intervals: that of a paired bootstrap, each replicate of which draws the test pictures
 * once for all runs, and that of its values over the seeds by Student's t.
 */
final class LossStudy {
    private static final int CLOUD = 400;
    private static final double MAX_ERROR = 0.05;

    /** Figures that are compared in pairs, each of a run and of how often each of its pictures was drawn. */
    private static final Map<String, BiFunction<StudiedRun, int[], Double>> PAIRED = new LinkedHashMap<>();

    /** What is also compared with another figure of the first loss: the p-norm score with its largest probability. */
    private static final Map<String, String> FROM_FIRST = new LinkedHashMap<>();

    static {
        PAIRED.put("error", (r, t) -> mean(r, t, s -> s.correct() ? 0 : 1));
        PAIRED.put("nll", (r, t) -> reliability(r, t, Seen::plain).nll());
        PAIRED.put("nll_recalibrated", (r, t) -> reliability(r, t, Seen::recalibrated)
                .nll());
        PAIRED.put("ece", (r, t) -> CalibrationError.ece(reliability(r, t, Seen::plain)));
        PAIRED.put("ece_recalibrated", (r, t) -> CalibrationError.ece(reliability(r, t, Seen::recalibrated)));
        PAIRED.put("aurc", (r, t) -> r.plain().aurc(t));
        PAIRED.put("aurc_p_norm", (r, t) -> r.pNorm().aurc(t));
        PAIRED.put("aurc_excess", (r, t) -> r.plain().excess(t));
        PAIRED.put("aurc_excess_p_norm", (r, t) -> r.pNorm().excess(t));
        PAIRED.put("set_size", (r, t) -> mean(r, t, Seen::set));
        FROM_FIRST.put("aurc_p_norm", "aurc");
        FROM_FIRST.put("aurc_excess_p_norm", "aurc_excess");
    }

    private final Map<Loss, List<StudiedRun>> runs;

    /** @param runs of each loss, the same seeds in the same order; all of them have the same test pictures */
    LossStudy(Map<Loss, List<StudiedRun>> runs) {
        this.runs = new LinkedHashMap<>(runs);
    }

    private static double mean(StudiedRun run, int[] times, ToDoubleFunction<Seen> figure) {
        double sum = 0;
        long count = 0;
        for (int i = 0; i < times.length; i++) {
            sum += times[i] * figure.applyAsDouble(run.pictures().get(i));
            count += times[i];
        }
        return sum / count;
    }

    private static Reliability reliability(StudiedRun run, int[] times, Function<Seen, Said> said) {
        Reliability out = new Reliability();
        for (int i = 0; i < times.length; i++) {
            Seen s = run.pictures().get(i);
            Said of = said.apply(s);
            out.update(of.predicted() == s.label(), of.confidence(), of.nll(), times[i]);
        }
        return out;
    }

    private List<StudiedRun> first() {
        return runs.values().iterator().next();
    }

    /**
     * {@code table}: a row for each loss. Of the losses of a name, the first row apart, the one whose recalibrated NLL
     * on held-out pictures is least is {@code chosen}: test pictures choose no strength.
     */
    ArrayNode table() {
        ArrayNode table = Json.object().arrayNode();
        List<int[]> tested =
                draws(first().get(0).pictures().stream().map(Seen::name).toList());
        List<int[]> tried =
                draws(first().get(0).transfer().stream().map(Tried::name).toList());
        boolean transfer = !first().get(0).transfer().isEmpty();
        runs.forEach((loss, own) -> {
            ObjectNode n = table.addObject().put("loss", Losses.text(loss)).put("runs", own.size());
            int[] once = once(own.get(0).pictures().size());
            PAIRED.forEach((name, figure) -> figure(n, name, own, r -> figure.apply(r, once)));
            figure(n, "held_out_nll", own, at("/recalibrated/validation_nll"));
            figure(n, "ece_if_calibrated", own, at("/recalibrated/ece_if_calibrated"));
            figure(n, "set_coverage", own, r -> mean(r, once, s -> s.covered() ? 1 : 0));
            figure(n, "answered", own, r -> answered(r, "coverage"));
            figure(n, "answered_error", own, r -> answered(r, "error"));
            figure(n, "tightness", own, StudiedRun::tightness);
            ObjectNode differences = n.putObject("differences");
            PAIRED.forEach((name, figure) -> difference(differences.putObject(name), tested, own, figure, figure));
            FROM_FIRST.forEach((name, firsts) -> difference(
                    differences.putObject(name + "_from_" + firsts),
                    tested,
                    own,
                    PAIRED.get(name),
                    PAIRED.get(firsts)));
            if (transfer) {
                figure(n, "transfer", own, r -> missed(r, once(r.transfer().size())));
                difference(differences.putObject("transfer"), tried, own, LossStudy::missed, LossStudy::missed);
            }
        });
        choose(table, runs.keySet());
        return table;
    }

    /** Puts {@code chosen} into each row. */
    static void choose(ArrayNode table, Collection<Loss> losses) {
        Map<String, ObjectNode> best = new LinkedHashMap<>();
        int row = 0;
        for (Loss loss : losses) {
            ObjectNode n = (ObjectNode) table.get(row);
            n.put("chosen", row == 0);
            if (row++ > 0) {
                best.merge(loss.name(), n, (a, b) -> heldOut(b) < heldOut(a) ? b : a);
            }
        }
        best.values().forEach(n -> n.put("chosen", true));
    }

    /** How often each picture is drawn, by replicate: the same for all figures and runs, which pairs them. */
    private static List<int[]> draws(List<String> names) {
        List<int[]> draws = new ArrayList<>();
        for (int r = 0; r < Bootstrap.REPLICATES; r++) {
            int replicate = r;
            int[] times = new int[names.size()];
            Arrays.setAll(times, i -> Bootstrap.poisson(Seeds.key(replicate, "bootstrap", names.get(i))));
            draws.add(times);
        }
        return draws;
    }

    private static int[] once(int count) {
        int[] times = new int[count];
        Arrays.fill(times, 1);
        return times;
    }

    /** The error by transfer. */
    private static double missed(StudiedRun run, int[] times) {
        double wrong = 0;
        long count = 0;
        for (int i = 0; i < times.length; i++) {
            wrong += run.transfer().get(i).correct() ? 0 : times[i];
            count += times[i];
        }
        return wrong / count;
    }

    /**
     * {@code transfer.jsonl}: a line for each picture that a run's features classified.
     *
     * @param classes names by label
     */
    String transfer(List<String> classes, long firstSeed) {
        StringBuilder lines = new StringBuilder();
        runs.forEach((loss, own) -> {
            for (int i = 0; i < own.size(); i++) {
                for (Tried t : own.get(i).transfer()) {
                    lines.append(Json.object()
                                    .put("loss", Losses.text(loss))
                                    .put("seed", firstSeed + i)
                                    .put("path", t.name())
                                    .put("label", classes.get(t.label()))
                                    .put("predicted", classes.get(t.predicted())))
                            .append('\n');
                }
            }
        });
        return lines.toString();
    }

    private static double heldOut(ObjectNode row) {
        return row.path("held_out_nll").asDouble(Double.POSITIVE_INFINITY);
    }

    private static ToDoubleFunction<StudiedRun> at(String pointer) {
        return r -> r.report().at(pointer).asDouble(Double.NaN);
    }

    private static void figure(ObjectNode row, String name, List<StudiedRun> own, ToDoubleFunction<StudiedRun> figure) {
        figure(row, name, own.stream().mapToDouble(figure).toArray());
    }

    /** Puts a figure's mean over the seeds, and its standard deviation over them. */
    static void figure(ObjectNode row, String name, double[] seeds) {
        Json.put(row, name, Arrays.stream(seeds).average().orElse(Double.NaN));
        Json.put(row.withObjectProperty("deviations"), name, StudentInterval.deviation(seeds));
    }

    /** Puts each seed's difference, and the interval of other seeds. */
    static void bySeed(ObjectNode to, double[] seeds) {
        Json.add(to.putArray("by_seed"), seeds);
        Json.add(to.putArray("seeds_interval"), StudentInterval.of(seeds));
    }

    /**
     * Share and error of the pictures that the threshold for {@link #MAX_ERROR} lets through; NaN where none holds it.
     */
    private static double answered(StudiedRun run, String figure) {
        for (JsonNode p : run.report().at("/selective/promises")) {
            if (p.get("max_error").asDouble() == MAX_ERROR && p.path(figure).isNumber()) {
                return p.get(figure).asDouble();
            }
        }
        return Double.NaN;
    }

    private static double over(List<StudiedRun> runs, ToDoubleFunction<StudiedRun> figure) {
        return runs.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }

    /**
     * A loss's figure less the first loss's: its mean, with the interval of other test pictures; and that of each seed,
     * with the interval of other seeds. Runs of a seed share split, first weights and order of the pictures.
     *
     * @param draws of the pictures that the figures are of
     */
    private void difference(
            ObjectNode to,
            List<int[]> draws,
            List<StudiedRun> own,
            BiFunction<StudiedRun, int[], Double> figure,
            BiFunction<StudiedRun, int[], Double> firsts) {
        int[] once = once(draws.get(0).length);
        Json.put(to, "value", over(own, r -> figure.apply(r, once)) - over(first(), r -> firsts.apply(r, once)));
        List<Double> drawn = new ArrayList<>();
        for (int[] times : draws) {
            drawn.add(over(own, r -> figure.apply(r, times)) - over(first(), r -> firsts.apply(r, times)));
        }
        Json.add(to.putArray("interval"), Bootstrap.limits(drawn));
        double[] seeds = new double[own.size()];
        Arrays.setAll(seeds, i -> figure.apply(own.get(i), once) - firsts.apply(first().get(i), once));
        bySeed(to, seeds);
    }

    /**
     * {@code projection}: the first seed's test pictures of three classes in the plane of their rows in the head; empty
     * with fewer classes. Two of them are those that the first run confuses most, the third is the next class that it
     * confuses with neither.
     *
     * @param classes names by label
     */
    ObjectNode projection(List<String> classes) {
        ObjectNode n = Json.object();
        int[] three = three(first().get(0).pictures(), classes.size());
        if (three.length < 3) {
            return n;
        }
        ArrayNode names = n.putArray("classes");
        for (int c : three) {
            names.add(classes.get(c));
        }
        ArrayNode each = n.putArray("losses");
        runs.forEach((loss, own) -> {
            TemplateSpace plane = own.get(0).head().space(three);
            List<double[]> points = new ArrayList<>();
            List<Integer> labels = new ArrayList<>();
            for (Seen s : own.get(0).pictures()) {
                int place = s.label() == three[0] ? 0 : s.label() == three[1] ? 1 : s.label() == three[2] ? 2 : -1;
                if (place >= 0) {
                    points.add(plane.of(s.logits()));
                    labels.add(place);
                }
            }
            ObjectNode of = each.addObject().put("loss", Losses.text(loss));
            Json.put(
                    of,
                    "tightness",
                    TemplateSpace.tightness(
                            points, labels.stream().mapToInt(l -> l).toArray()));
            ArrayNode to = of.putArray("points");
            for (int i = 0; i < Math.min(CLOUD, points.size()); i++) {
                to.addArray().add(points.get(i)[0]).add(points.get(i)[1]).add(labels.get(i));
            }
        });
        return n;
    }

    private static int[] three(List<Seen> pictures, int classes) {
        if (classes < 3) {
            return new int[0];
        }
        long[][] confused = new long[classes][classes];
        for (Seen s : pictures) {
            confused[Math.min(s.label(), s.recalibrated().predicted())][
                    Math.max(s.label(), s.recalibrated().predicted())]++;
        }
        int[] best = {0, 1, 2};
        long most = -1;
        for (int a = 0; a < classes; a++) {
            for (int b = a + 1; b < classes; b++) {
                if (confused[a][b] > most) {
                    most = confused[a][b];
                    best[0] = a;
                    best[1] = b;
                }
            }
        }
        long least = Long.MAX_VALUE;
        for (int c = 0; c < classes; c++) {
            long with = 0;
            for (int of : new int[] {best[0], best[1]}) {
                with += confused[Math.min(c, of)][Math.max(c, of)];
            }
            if (c != best[0] && c != best[1] && with < least) {
                least = with;
                best[2] = c;
            }
        }
        return best;
    }
}
