package ai.softlabel.pipeline;

import ai.softlabel.Seeds;
import ai.softlabel.calibrate.Answer;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.FittedCalibrators;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.Selection;
import ai.softlabel.metrics.ClopperPearson;
import ai.softlabel.metrics.Score;
import ai.softlabel.metrics.ScoreOrder;
import ai.softlabel.metrics.Summary;
import ai.softlabel.run.Json;
import ai.softlabel.score.Bootstrap;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;

/**
 * Fits when a model may answer, and makes the report's section {@code selective} about it. Of more than
 * {@link Summary#EXACT} pictures it uses that many, drawn by a hash of their names.
 */
public final class SelectiveSection {
    private static final double[] PROMISES = {0.005, 0.01, 0.02, 0.05, 0.1, 0.2};
    private static final int POINTS = 20;

    private SelectiveSection() {}

    /** By a hash of the name. */
    static final class ByHash implements Comparator<Answer>, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public int compare(Answer a, Answer b) {
            int byHash = Long.compare(Seeds.key(0, "answers", a.name()), Seeds.key(0, "answers", b.name()));
            return byHash != 0 ? byHash : a.name().compareTo(b.name());
        }
    }

    /** Fits on pictures that the model was not trained on; empty where they are too few to be divided. */
    public static Optional<Selection> fit(JavaRDD<Prediction> heldOut, FittedCalibrators r) {
        FittedCalibrators.CrossFitted maps = r.crossFitted();
        return Selection.of(heldOut.map(p -> {
                    Labelled d = labelled(p);
                    return Answer.of(d, maps.without(d).apply(p.logits()));
                })
                .takeOrdered(Summary.EXACT, new ByHash()));
    }

    static Labelled labelled(Prediction p) {
        return new Labelled(p.path(), p.logits(), p.label());
    }

    /** The section: each score's area, the chosen one's promises, and what became of them on the test part. */
    public static ObjectNode of(Selection s, JavaRDD<Prediction> test, Calibrator calibrator) {
        List<Answer> answers = test == null
                ? List.of()
                : test.map(p -> Answer.of(labelled(p), calibrator.apply(p.logits())))
                        .takeOrdered(Summary.EXACT, new ByHash());
        ObjectNode n = Json.object()
                .put("score", s.score().name())
                .put("power", s.score().power())
                .put("delta", Selection.DELTA)
                .put("held_out", s.size())
                .put("count", answers.size());
        scores(n.putArray("scores"), s, answers);
        promises(n.putArray("promises"), s, answers);
        ArrayNode thresholds = n.putArray("thresholds");
        for (int t = 0; t < s.thresholds().length; t++) {
            ObjectNode of = thresholds.addObject();
            threshold(of, s, t, answers);
            of.put("bound", ClopperPearson.upper(s.held()[t].wrong(), s.held()[t].count(), Selection.DELTA));
        }
        return n;
    }

    private static void scores(ArrayNode to, Selection s, List<Answer> answers) {
        boolean[] correct = new boolean[answers.size()];
        for (int i = 0; i < correct.length; i++) {
            correct[i] = answers.get(i).correct();
        }
        Map<Score, ScoreOrder> orders = new LinkedHashMap<>();
        Map<Score, List<Double>> areas = new LinkedHashMap<>();
        Map<Score, List<Double>> gains = new LinkedHashMap<>();
        for (Score score : s.aurc().keySet()) {
            int at = Score.candidates().indexOf(score);
            orders.put(
                    score,
                    new ScoreOrder(
                            answers.stream().mapToDouble(a -> a.scores()[at]).toArray(), correct));
            areas.put(score, new ArrayList<>());
            gains.put(score, new ArrayList<>());
        }
        for (int r = 0; r < Bootstrap.REPLICATES && correct.length > 0; r++) {
            int[] times = new int[correct.length];
            for (int i = 0; i < times.length; i++) {
                times[i] = Bootstrap.poisson(
                        Seeds.key(r, "bootstrap", answers.get(i).name()));
            }
            double plain = orders.get(Score.MAX_PROBABILITY).aurc(times);
            orders.forEach((score, order) -> {
                double aurc = order.aurc(times);
                areas.get(score).add(aurc);
                gains.get(score).add(plain - aurc);
            });
        }
        orders.forEach((score, order) -> {
            ObjectNode n = to.addObject().put("score", score.name()).put("power", score.power());
            Json.put(n, "held_out_aurc", s.aurc().get(score));
            if (correct.length > 0) {
                double aurc = order.aurc();
                Json.put(n, "aurc", aurc);
                Json.add(n.putArray("aurc_interval"), Bootstrap.limits(areas.get(score)));
                Json.put(n, "gain", orders.get(Score.MAX_PROBABILITY).aurc() - aurc);
                Json.add(n.putArray("gain_interval"), Bootstrap.limits(gains.get(score)));
                ArrayNode curve = n.putArray("risk_coverage");
                for (int p = 1; p <= POINTS; p++) {
                    double coverage = (double) p / POINTS;
                    curve.addObject().put("coverage", coverage).put("risk", order.risk(coverage));
                }
            }
        });
    }

    private static void promises(ArrayNode to, Selection s, List<Answer> answers) {
        for (double error : PROMISES) {
            ObjectNode n = to.addObject().put("max_error", error);
            s.maxError(error).ifPresent(t -> threshold(n, s, t, answers));
        }
    }

    /** A threshold's coverage and error, held out and on the test part. */
    private static void threshold(ObjectNode n, Selection s, int t, List<Answer> answers) {
        if (t < s.thresholds().length - 1) {
            n.put("threshold", s.thresholds()[t]);
        }
        n.put("held_out_coverage", s.coverage(t));
        Json.put(n, "held_out_error", s.held()[t].error());
        if (!answers.isEmpty()) {
            int at = Score.candidates().indexOf(s.score());
            long answered = answers.stream()
                    .filter(a -> a.scores()[at] >= s.thresholds()[t])
                    .count();
            long wrong = answers.stream()
                    .filter(a -> a.scores()[at] >= s.thresholds()[t] && !a.correct())
                    .count();
            n.put("coverage", (double) answered / answers.size());
            Json.put(n, "error", (double) wrong / answered);
        }
    }
}
