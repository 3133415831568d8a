package ai.softlabel.command.study;

import ai.softlabel.Seeds;
import ai.softlabel.command.study.StudiedRun.Seen;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.metrics.TemplateSpace;
import ai.softlabel.run.Json;
import ai.softlabel.score.Bootstrap;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * Compares runs of several losses: figures of each, means over the seeds, and their differences from those of the first
 * loss. A difference's interval is that of a paired bootstrap: each replicate draws the test pictures once, for all
 * runs.
 */
final class LossStudy {
    private static final int CLOUD = 400;
    private static final double MAX_ERROR = 0.05;

    /** Figures that are compared in pairs, each of a run and of how often each of its pictures was drawn. */
    private static final Map<String, BiFunction<StudiedRun, int[], Double>> PAIRED = new LinkedHashMap<>();

    static {
        PAIRED.put("error", (r, t) -> mean(r, t, s -> s.correct() ? 0 : 1));
        PAIRED.put("nll_recalibrated", (r, t) -> mean(r, t, Seen::nll));
        PAIRED.put("aurc", (r, t) -> r.plain().aurc(t));
        PAIRED.put("aurc_p_norm", (r, t) -> r.pNorm().aurc(t));
        PAIRED.put("set_size", (r, t) -> mean(r, t, Seen::set));
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

    private List<StudiedRun> first() {
        return runs.values().iterator().next();
    }

    /** {@code table}: a row for each loss. */
    ArrayNode table() {
        ArrayNode table = Json.object().arrayNode();
        runs.forEach((loss, own) -> {
            ObjectNode n = table.addObject().put("loss", Losses.text(loss)).put("runs", own.size());
            int[] once = new int[own.get(0).pictures().size()];
            Arrays.fill(once, 1);
            Json.put(n, "error", over(own, r -> PAIRED.get("error").apply(r, once)));
            Json.put(n, "nll", over(own, r -> r.report().at("/test/nll").asDouble()));
            Json.put(n, "nll_recalibrated", over(own, r -> PAIRED.get("nll_recalibrated")
                    .apply(r, once)));
            Json.put(n, "ece", over(own, r -> r.report().at("/test/ece").asDouble()));
            Json.put(n, "ece_recalibrated", over(own, r -> r.report()
                    .at("/recalibrated/ece")
                    .asDouble()));
            Json.put(n, "ece_if_calibrated", over(own, r -> r.report()
                    .at("/recalibrated/ece_if_calibrated")
                    .asDouble()));
            Json.put(n, "aurc", over(own, r -> r.plain().aurc()));
            Json.put(n, "aurc_p_norm", over(own, r -> r.pNorm().aurc()));
            Json.put(n, "set_size", over(own, r -> PAIRED.get("set_size").apply(r, once)));
            Json.put(n, "set_coverage", over(own, r -> mean(r, once, s -> s.covered() ? 1 : 0)));
            Json.put(n, "answered", over(own, r -> answered(r, "coverage")));
            Json.put(n, "answered_error", over(own, r -> answered(r, "error")));
            Json.put(n, "tightness", over(own, StudiedRun::tightness));
            ObjectNode differences = n.putObject("differences");
            PAIRED.forEach((name, figure) -> difference(differences.putObject(name), own, figure, figure));
            difference(
                    differences.putObject("aurc_p_norm_from_aurc"), own, PAIRED.get("aurc_p_norm"), PAIRED.get("aurc"));
        });
        return table;
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

    /** A loss's figure less the first loss's, with its interval. */
    private void difference(
            ObjectNode to,
            List<StudiedRun> own,
            BiFunction<StudiedRun, int[], Double> figure,
            BiFunction<StudiedRun, int[], Double> firsts) {
        List<Seen> pictures = own.get(0).pictures();
        int[] times = new int[pictures.size()];
        Arrays.fill(times, 1);
        Json.put(to, "value", over(own, r -> figure.apply(r, times)) - over(first(), r -> firsts.apply(r, times)));
        List<Double> drawn = new ArrayList<>();
        for (int replicate = 0; replicate < Bootstrap.REPLICATES; replicate++) {
            int at = replicate;
            Arrays.setAll(
                    times,
                    i -> Bootstrap.poisson(
                            Seeds.key(at, "bootstrap", pictures.get(i).name())));
            drawn.add(over(own, r -> figure.apply(r, times)) - over(first(), r -> firsts.apply(r, times)));
        }
        double[] limits = Bootstrap.limits(drawn);
        ArrayNode interval = to.putArray("interval");
        for (double limit : limits) {
            if (Double.isFinite(limit)) {
                interval.add(limit);
            } else {
                interval.addNull();
            }
        }
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
            confused[Math.min(s.label(), s.predicted())][Math.max(s.label(), s.predicted())]++;
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
