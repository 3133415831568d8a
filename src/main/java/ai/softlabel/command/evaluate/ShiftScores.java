package ai.softlabel.command.evaluate;

import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Seeds;
import ai.softlabel.calibrate.Answer;
import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.Selection;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.data.Loader;
import ai.softlabel.data.Names;
import ai.softlabel.data.Preparation;
import ai.softlabel.data.Source;
import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.ClopperPearson;
import ai.softlabel.metrics.Ranking;
import ai.softlabel.metrics.Score;
import ai.softlabel.metrics.Summary;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.RecalibratedSection;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.Json;
import ai.softlabel.score.Prediction;
import ai.softlabel.shift.Corruption;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * The report's section {@code shift}: what becomes of error, calibration, confidence scores, thresholds and prediction
 * sets where test pictures are corrupted, and how the scores tell pictures of no known class from others. All figures
 * are of recalibrated probabilities.
 */
final class ShiftScores {
    private static final double WANTED = 0.95;
    private static final double[] PROMISES = {0.01, 0.02, 0.05, 0.1};

    private final Session session;
    private final ConsoleProgress console;
    private final ScoredPictures scored;
    private final Calibration calibration;
    private final Preparation preparation;
    private final List<Score> scores;
    private final Map<String, JavaRDD<Prediction>> predictions = new LinkedHashMap<>();

    /** @param preparation what the network's pictures are made by */
    ShiftScores(
            Session session,
            ConsoleProgress console,
            ScoredPictures scored,
            Calibration calibration,
            Preparation preparation) {
        this.session = session;
        this.console = console;
        this.scored = scored;
        this.calibration = calibration;
        this.preparation = preparation;
        Selection s = calibration.selection();
        this.scores = s == null
                ? Score.candidates().stream().filter(c -> c.power() == 0).toList()
                : List.copyOf(s.aurc().keySet());
    }

    /** What is said of a picture. */
    private record Seen(Answer answer, boolean covered, int set) implements Serializable {}

    /** The predictions that {@link #section} made, by the split under which they are written. */
    Map<String, JavaRDD<Prediction>> predictions() {
        return predictions;
    }

    /** Scores all pictures, and makes the section. */
    ObjectNode section(EvaluateSettings.Shift settings, String data) {
        JavaRDD<Example> all = scored.pictures().parts().get(Part.TEST).examples();
        Set<String> names = new HashSet<>(all.map(Example::name).takeOrdered(settings.pictures(), new ByHash()));
        ObjectNode section = Json.object().put("pictures", names.size()).put("score", chosen().name());
        section.put("power", chosen().power());
        ArrayNode cells = section.putArray("cells");
        JavaRDD<Prediction> clean = scored.predictions().filter(p -> names.contains(p.path()));
        List<Seen> known = cell(cells, "none", 0, clean);
        JavaRDD<Example> some = all.filter(e -> names.contains(e.name()));
        for (Corruption c : Corruption.values()) {
            for (int strength = 1; strength <= Corruption.STRENGTHS; strength++) {
                console.print("shift: %s, strength %d of %d", c.text(), strength, Corruption.STRENGTHS);
                int side = preparation.imageSize();
                int by = strength;
                JavaRDD<Prediction> of = predicted(some.map(
                        e -> new Example(e.name(), e.annotation(), e.rank(), c.of(e.pixels(), side, by, e.name()))));
                predictions.put("shift-" + c.text() + "-" + strength, of);
                cell(cells, c.text(), strength, of);
            }
        }
        ArrayNode unknown = section.putArray("unknown");
        if (!scored.unknown().isEmpty()) {
            unknown(unknown, "withheld classes", "unknown-withheld", source(), most(scored.unknown(), settings), known);
        }
        if (settings.unknown() != null) {
            try (Names given = Listed.names(settings.unknown(), session, console)) {
                unknown(unknown, settings.unknown(), "unknown-given", given.source(), most(given, settings), known);
            }
        }
        if (data != null) {
            try (Names sample = Layouts.names(null, session.spark())) {
                unknown(unknown, "built-in sample", "unknown-sample", sample.source(), most(sample, settings), known);
            }
        }
        return section;
    }

    private Source source() {
        return scored.listing().source();
    }

    /** Names by a hash. */
    private static final class ByHash implements Comparator<String>, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public int compare(String a, String b) {
            int byHash = Long.compare(Seeds.key(0, "shift", a), Seeds.key(0, "shift", b));
            return byHash != 0 ? byHash : a.compareTo(b);
        }
    }

    /** At most so many, by a hash of their names. */
    private static List<Entry> most(List<Entry> entries, EvaluateSettings.Shift settings) {
        return entries.stream()
                .sorted(Comparator.comparing(Entry::name, new ByHash()))
                .limit(settings.pictures())
                .toList();
    }

    /** The same of those whose class nobody knows. */
    private static List<Entry> most(Names names, EvaluateSettings.Shift settings) {
        return names.pictures().takeOrdered(settings.pictures(), new ByHash()).stream()
                .map(name -> new Entry(name, Layouts.UNKNOWN, Official.NONE))
                .toList();
    }

    private Score chosen() {
        return calibration.selection() == null
                ? Score.MAX_PROBABILITY
                : calibration.selection().score();
    }

    private JavaRDD<Prediction> predicted(JavaRDD<Example> examples) {
        return scored.predictor().predict(examples, scored.state()).persist(StorageLevel.MEMORY_AND_DISK());
    }

    private List<Seen> seen(JavaRDD<Prediction> of) {
        Calibration c = calibration;
        PredictionSets.Maker maker = c.sets() == null ? null : c.sets().maker(WANTED);
        return of.map(p -> {
                    Labelled d = new Labelled(p.path(), p.logits(), p.label());
                    int[] set = maker == null ? new int[0] : maker.of(p.path(), p.logits());
                    boolean covered = false;
                    for (int k : set) {
                        covered |= k == p.label();
                    }
                    return new Seen(Answer.of(d, c.calibrator().apply(p.logits())), covered, set.length);
                })
                .collect();
    }

    private List<Seen> cell(ArrayNode to, String corruption, int strength, JavaRDD<Prediction> of) {
        List<Seen> seen = seen(of);
        Summary s = RecalibratedSection.score(of, calibration.calibrator());
        ObjectNode n = to.addObject()
                .put("corruption", corruption)
                .put("strength", strength)
                .put("count", seen.size());
        Json.put(n, "error", s.error());
        Json.put(n, "nll", s.nll());
        Json.put(n, "ece", CalibrationError.ece(s));
        Json.put(n, "aurc", ranking(chosen(), seen).aurc());
        ObjectNode auroc = n.putObject("auroc");
        scores.forEach(
                score -> Json.put(auroc, score.name(), ranking(score, seen).auroc()));
        if (calibration.sets() != null) {
            long hits = seen.stream().filter(Seen::covered).count();
            ObjectNode sets = n.putObject("sets").put("wanted", WANTED);
            Json.put(sets, "coverage", (double) hits / seen.size());
            double[] limits = ClopperPearson.interval(hits, seen.size());
            sets.putArray("coverage_interval").add(limits[0]).add(limits[1]);
            sizes(sets, seen);
        }
        promises(n, seen, true);
        return seen;
    }

    private static void sizes(ObjectNode n, List<Seen> seen) {
        Json.put(n, "size", seen.stream().mapToInt(Seen::set).average().orElse(Double.NaN));
        Json.put(n, "empty", (double) seen.stream().filter(s -> s.set() == 0).count() / seen.size());
    }

    private static double[] values(Score score, List<Seen> seen) {
        int at = Score.candidates().indexOf(score);
        return seen.stream().mapToDouble(s -> s.answer().scores()[at]).toArray();
    }

    private static Ranking ranking(Score score, List<Seen> seen) {
        boolean[] correct = new boolean[seen.size()];
        for (int i = 0; i < correct.length; i++) {
            correct[i] = seen.get(i).answer().correct();
        }
        return Ranking.of(values(score, seen), correct);
    }

    /** What the thresholds that hold an error on pictures like the held-out ones do here. */
    private void promises(ObjectNode n, List<Seen> seen, boolean labelled) {
        Selection s = calibration.selection();
        if (s == null) {
            return;
        }
        ArrayNode to = n.putArray("promises");
        double[] values = values(s.score(), seen);
        for (double error : PROMISES) {
            s.maxError(error).ifPresent(t -> {
                long answered = 0;
                long wrong = 0;
                for (int i = 0; i < values.length; i++) {
                    boolean answers = values[i] >= s.thresholds()[t];
                    answered += answers ? 1 : 0;
                    wrong += answers && !seen.get(i).answer().correct() ? 1 : 0;
                }
                ObjectNode row = to.addObject().put("max_error", error);
                Json.put(row, "coverage", (double) answered / values.length);
                if (labelled) {
                    Json.put(row, "error", (double) wrong / answered);
                }
            });
        }
    }

    private void unknown(
            ArrayNode to, String name, String split, Source source, List<Entry> entries, List<Seen> known) {
        console.print("shift: %d pictures of no known class (%s)", entries.size(), name);
        List<Entry> any = entries.stream().map(e -> e.labelled(0)).toList();
        JavaRDD<Example> examples = new Loader(session.spark(), source, preparation)
                .load(Part.TEST, any, scored.shards())
                .examples();
        JavaRDD<Prediction> of = predicted(examples)
                .map(p -> new Prediction(p.path(), Layouts.UNKNOWN, p.partition(), p.logits(), p.probabilities()));
        predictions.put(split, of);
        List<Seen> seen = seen(of);
        ObjectNode n = to.addObject().put("pictures", name).put("split", split).put("count", seen.size());
        ObjectNode auroc = n.putObject("auroc");
        for (Score score : scores) {
            List<Seen> both = new ArrayList<>(known);
            both.addAll(seen);
            boolean[] isKnown = new boolean[both.size()];
            Arrays.fill(isKnown, 0, known.size(), true);
            Json.put(
                    auroc,
                    score.name(),
                    Ranking.of(values(score, both), isKnown).auroc());
        }
        if (calibration.sets() != null) {
            sizes(n.putObject("sets").put("wanted", WANTED), seen);
        }
        promises(n, seen, false);
    }
}
