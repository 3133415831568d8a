package ai.softlabel.run;

import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.ConformalScores;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.Selection;
import ai.softlabel.calibrate.SetScore;
import ai.softlabel.metrics.Score;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts of {@code calibration.json} on when to answer and on prediction sets. */
final class ConfidenceJson {
    /** What a threshold promises, in words. */
    static final String SELECTION =
            "With probability 0.95 over the held-out pictures, the error among answered pictures is at most the one asked for, for new pictures drawn as the held-out ones were.";

    /** What a set promises, in words. */
    static final String SETS =
            "The set holds the correct class with about the wanted probability, for new pictures drawn as the held-out ones were.";

    private static final int LARGEST = Integer.MAX_VALUE;

    private ConfidenceJson() {}

    static ObjectNode json(Selection s) {
        ObjectNode n = Json.object();
        score(n, s.score()).put("delta", Selection.DELTA).put("guarantee", SELECTION);
        ArrayNode scores = n.putArray("scores");
        s.aurc().forEach((score, aurc) -> Json.put(score(scores.addObject(), score), "aurc", aurc));
        ArrayNode thresholds = n.putArray("thresholds");
        // The last one has no number: it answers everything.
        Arrays.stream(s.thresholds(), 0, s.thresholds().length - 1).forEach(thresholds::add);
        counts(n.putObject("choice"), s.choice());
        counts(n.putObject("held_out"), s.held());
        return n;
    }

    private static ObjectNode score(ObjectNode n, Score s) {
        return n.put("score", s.name()).put("power", s.power());
    }

    private static void counts(ObjectNode n, Selection.Answered[] answered) {
        ArrayNode count = n.putArray("count");
        ArrayNode wrong = n.putArray("wrong");
        for (Selection.Answered a : answered) {
            count.add(a.count());
            wrong.add(a.wrong());
        }
    }

    static ObjectNode json(PredictionSets s) {
        ObjectNode n = Json.object()
                .put("method", s.score().method())
                .put("penalty", s.score().penalty())
                .put("free", s.score().free())
                .put("guarantee", SETS);
        ArrayNode scores = n.putArray("scores");
        Arrays.stream(s.held().scores()).forEach(scores::add);
        ArrayNode folds = n.putArray("folds");
        Arrays.stream(s.held().folds()).forEach(folds::add);
        ArrayNode labels = n.putArray("labels");
        Arrays.stream(s.held().labels()).forEach(labels::add);
        ArrayNode maps = n.putArray("maps");
        s.maps().forEach(m -> maps.add(CalibrationFile.json(m)));
        if (s.clusters().length > 0) {
            // From 1; 0 is none.
            ArrayNode clusters = n.putArray("clusters");
            Arrays.stream(s.clusters()).forEach(c -> clusters.add(c + 1));
        }
        return n;
    }

    static Selection selection(RunFile f) {
        double[] numbers = f.numbers("thresholds", 0);
        double[] thresholds = Arrays.copyOf(numbers, numbers.length + 1);
        thresholds[numbers.length] = Double.NEGATIVE_INFINITY;
        Map<Score, Double> aurc = new LinkedHashMap<>();
        for (RunFile s : f.children("scores", Score.names().size())) {
            aurc.put(score(s), s.number("aurc", 0, 1 + 1e-9));
        }
        return new Selection(
                score(f),
                aurc,
                thresholds,
                counts(f.child("choice"), thresholds.length),
                counts(f.child("held_out"), thresholds.length));
    }

    private static Score score(RunFile f) {
        try {
            return new Score(f.text("score"), f.number("power", 0, 1e9));
        } catch (IllegalArgumentException e) {
            throw f.wrong("score", "one of " + Score.names());
        }
    }

    private static Selection.Answered[] counts(RunFile f, int size) {
        int[] count = f.wholes("count", size, LARGEST);
        int[] wrong = f.wholes("wrong", size, LARGEST);
        Selection.Answered[] out = new Selection.Answered[size];
        Arrays.setAll(out, i -> new Selection.Answered(count[i], wrong[i]));
        return out;
    }

    static PredictionSets sets(RunFile f, int classes) {
        SetScore score;
        try {
            score = new SetScore(f.text("method"), f.number("penalty", 0, Double.POSITIVE_INFINITY), (int)
                    f.whole("free", 0, LARGEST));
        } catch (IllegalArgumentException e) {
            throw f.wrong("method", "one of " + SetScore.METHODS);
        }
        List<Calibrator> maps = new ArrayList<>();
        List<RunFile> all = f.children("maps", -1);
        all.forEach(m -> maps.add(CalibrationFile.calibrator(m, classes)));
        double[] scores = f.numbers("scores", 0);
        return new PredictionSets(
                score,
                maps,
                new ConformalScores(
                        scores,
                        f.wholes("folds", scores.length, all.size() - 1),
                        f.wholes("labels", scores.length, classes - 1)),
                f.has("clusters") ? clusters(f, classes) : new int[0]);
    }

    private static int[] clusters(RunFile f, int classes) {
        int count = f.numbers("clusters", 0).length;
        if (count > classes) {
            throw f.wrong("clusters", "at most " + classes + " numbers");
        }
        return Arrays.stream(f.wholes("clusters", count, classes))
                .map(c -> c - 1)
                .toArray();
    }
}
