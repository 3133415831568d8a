package ai.softlabel.command.predict;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.Selection;
import ai.softlabel.metrics.Score;
import ai.softlabel.run.PredictedPicture.Choice;
import ai.softlabel.run.PredictedPicture.Confidence;
import ai.softlabel.score.Prediction;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is said of a picture beside its probabilities: its confidence score, whether to abstain, its prediction set.
 *
 * @param score the run's confidence score, or null where the run has none
 * @param threshold pictures below it get no answer; null where every picture gets one
 * @param sets makes prediction sets, or null
 * @param promise what the threshold holds, in words, or null
 */
public record Answers(Score score, Double threshold, PredictionSets.Maker sets, String promise)
        implements Serializable {
    /**
     * Those of a run within limits.
     *
     * @throws JobException of status 3 where the run has no thresholds or sets, of status 2 where no threshold holds
     *     the error
     */
    public static Answers of(Calibration c, PredictSettings.Limits limits) {
        if (c.calibrator() instanceof Calibrator.Labels && !limits.equals(PredictSettings.Limits.NONE)) {
            throw JobException.options(
                    "expected no --max-error, --min-coverage and --coverage for a model of several labels, found one of them; leave it out, each label has a threshold of its own");
        }
        Selection s = c.selection();
        if (limits.abstains() && s == null || limits.coverage() != null && c.sets() == null) {
            throw JobException.input(
                    "expected thresholds and prediction sets in the run's calibration.json, found none; train with --validation or --folds above 0, or run calibrate again");
        }
        PredictionSets.Maker maker = limits.coverage() == null ? null : c.sets().maker(limits.coverage());
        if (!limits.abstains()) {
            return new Answers(s == null ? null : s.score(), null, maker, null);
        }
        int at = limits.minCoverage() != null ? s.minCoverage(limits.minCoverage()) : within(s, limits.maxError());
        String kind = limits.minCoverage() != null
                ? String.format(Locale.ROOT, "at least %.4g of the pictures are answered", limits.minCoverage())
                : String.format(Locale.ROOT, "at most %.4g of the answers are wrong", limits.maxError());
        String promise = String.format(
                Locale.ROOT,
                "%s, with probability %.2f, for pictures drawn as the %d held-out ones were (of those %.4f answered, error %.4f)",
                kind,
                1 - Selection.DELTA,
                s.size(),
                s.coverage(at),
                s.held()[at].error());
        return new Answers(s.score(), s.thresholds()[at], maker, promise);
    }

    private static int within(Selection s, double error) {
        return s.maxError(error)
                .orElseThrow(() -> JobException.options(
                        "expected a threshold that holds --max-error %.4g, found none with %d held-out pictures (the least they hold is %.4f); raise --max-error or hold out more pictures",
                        error, s.size(), s.leastError()));
    }

    /** Of a model of several labels: the labels at or above their thresholds. */
    static Confidence labels(Prediction p, Calibrator.Labels by, List<String> classes) {
        List<Choice> labels = new ArrayList<>();
        for (int c = 0; c < by.threshold().length; c++) {
            if (p.probabilities()[c] >= by.threshold()[c]) {
                labels.add(new Choice(classes.get(c), p.probabilities()[c]));
            }
        }
        return new Confidence(null, null, null, labels);
    }

    public boolean abstains() {
        return threshold != null;
    }

    /** What is said of a picture. */
    public Confidence of(Prediction p, List<String> classes) {
        Double value = score == null ? null : score.of(p.logits());
        List<String> set = null;
        if (sets != null) {
            set = new ArrayList<>();
            for (int c : sets.of(p.path(), p.logits())) {
                set.add(classes.get(c));
            }
        }
        return new Confidence(value, threshold == null ? null : value < threshold, set);
    }
}
