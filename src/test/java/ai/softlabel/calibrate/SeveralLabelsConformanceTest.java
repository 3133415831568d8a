package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.bigdl.Engine;
import ai.softlabel.bigdl.Tensors;
import ai.softlabel.conformance.Comparisons;
import ai.softlabel.loss.BatchOptions;
import ai.softlabel.loss.BinaryCrossEntropy;
import ai.softlabel.loss.LossCriterion;
import ai.softlabel.metrics.BinaryCounts;
import ai.softlabel.score.Decisions;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Loss, figures and curves of several labels; see {@code src/test/python/make_labels_golden.py}. */
class SeveralLabelsConformanceTest {
    private static JsonNode golden;
    private static String sklearn;

    @BeforeAll
    static void read() throws IOException {
        Engine.start();
        golden = new ObjectMapper().readTree(TestFiles.bytes("golden/labels.json"));
        sklearn = "scikit-learn " + golden.get("sklearn").asText();
    }

    private static double[] flat(JsonNode rows) {
        double[] out = new double[rows.size() * rows.get(0).size()];
        for (int i = 0; i < out.length; i++) {
            out[i] =
                    rows.get(i / rows.get(0).size()).get(i % rows.get(0).size()).asDouble();
        }
        return out;
    }

    @Test
    void theLossIsPyTorchs() {
        double loss = 0;
        double gradient = 0;
        for (JsonNode c : golden.get("loss")) {
            int n = c.get("logits").size();
            int classes = c.get("logits").get(0).size();
            LossCriterion<Double> criterion = LossCriterion.ofDoubles(
                    new BinaryCrossEntropy(c.get("epsilon").asDouble()), BatchOptions.MEAN);
            var in = Tensors.of(flat(c.get("logits")), n, classes);
            var target = Tensors.of(flat(c.get("targets")), n, classes);
            double value = criterion.forward(in, target);
            double[] found = (double[]) criterion.backward(in, target).storage().array();
            double[] expected = flat(c.get("gradient"));
            loss = Math.max(loss, Math.abs(value / c.get("loss").asDouble() - 1));
            for (int i = 0; i < expected.length; i++) {
                gradient = Math.max(gradient, Math.abs(found[i] - expected[i]));
            }
        }
        assertEquals(27, golden.get("loss").size());
        String reference = "PyTorch " + golden.get("torch").asText();
        Comparisons.check("binary cross-entropy of several labels: loss", reference, loss, 1e-12, "the loss");
        Comparisons.check("binary cross-entropy of several labels: gradient", reference, gradient, 1e-14, "1");
    }

    private static List<LabelLogits> columns(JsonNode c) {
        List<LabelLogits> columns = new ArrayList<>();
        for (int k = 0; k < c.get("logits").get(0).size(); k++) {
            long[] all = new long[c.get("logits").size()];
            for (int i = 0; i < all.length; i++) {
                float logit = (float) c.get("logits").get(i).get(k).asDouble();
                all[i] = LabelLogits.of(logit, c.get("labels").get(i).get(k).asInt() == 1, 0);
            }
            columns.add(LabelLogits.joined(List.of(all)));
        }
        return columns;
    }

    /** Values and whether they are right, of all labels in one list. */
    private static double micro(List<LabelLogits> columns) {
        return LabelLogits.joined(columns.stream().map(LabelLogits::sorted).toList())
                .ranking(1, 0)
                .averagePrecision();
    }

    @Test
    void theFiguresAreScikitLearns() {
        double ranking = 0;
        double decisions = 0;
        double others = 0;
        for (JsonNode c : golden.get("cases")) {
            List<LabelLogits> columns = columns(c);
            JsonNode macro = c.at("/figures/macro");
            JsonNode micro = c.at("/figures/micro");
            BinaryCounts all = new BinaryCounts();
            double[] sums = new double[4];
            for (int k = 0; k < columns.size(); k++) {
                LabelLogits column = columns.get(k);
                JsonNode own = c.get("each").get(k);
                BinaryCounts counts = column.counts(1, 0, 0.5);
                all.merge(counts);
                double average = column.ranking(1, 0).averagePrecision();
                ranking = Math.max(
                        ranking, Math.abs(average - own.get("average_precision").asDouble()));
                others = Math.max(
                        others,
                        Math.max(
                                Math.abs(counts.nll() - own.get("nll").asDouble()),
                                Math.abs(counts.ece() - own.get("ece").asDouble())));
                double[] each = {average, counts.precision(), counts.recall(), counts.f1()};
                for (int f = 0; f < sums.length; f++) {
                    sums[f] += each[f] / columns.size();
                }
                double threshold = BinaryCounts.sigmoid(column.ranking(1, 0).bestThreshold());
                double best = column.counts(1, 0, threshold).f1();
                decisions =
                        Math.max(decisions, Math.abs(best - own.get("best_f1").asDouble()));
            }
            ranking = Math.max(
                    ranking, Math.abs(sums[0] - macro.get("average_precision").asDouble()));
            ranking = Math.max(
                    ranking,
                    Math.abs(micro(columns) - micro.get("average_precision").asDouble()));
            double[][] pairs = {
                {sums[1], macro.get("precision").asDouble()},
                {sums[2], macro.get("recall").asDouble()},
                {sums[3], macro.get("f1").asDouble()},
                {all.precision(), micro.get("precision").asDouble()},
                {all.recall(), micro.get("recall").asDouble()},
                {all.f1(), micro.get("f1").asDouble()}
            };
            for (double[] pair : pairs) {
                decisions = Math.max(decisions, Math.abs(pair[0] - pair[1]));
            }
        }
        Comparisons.check("several labels: average precision, macro and micro", sklearn, ranking, 1e-12, "1");
        Comparisons.check("several labels: precision, recall, F1, best F1", sklearn, decisions, 1e-12, "1");
        Comparisons.check("several labels: NLL and ECE by label", sklearn + ", NumPy", others, 1e-8, "1");
    }

    private static LabelLogits label(double[] logits, boolean[] has) {
        long[] all = new long[logits.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = LabelLogits.of((float) logits[i], has[i], i % Folds.FOLDS);
        }
        return LabelLogits.joined(List.of(all));
    }

    @Test
    void aLabelThatIsPartedWithoutErrorIsNotSaidToBeCertain() {
        double[] z = {-3, -2, -1, -1, -0.5, 0.5, 1};
        boolean[] has = {false, false, false, false, false, true, true};
        LabelLogits parted = label(z, has);
        assertEquals(1, LabelCalibration.curve("temperature", parted)[0]);
        for (LabelCalibration.Fit f : LabelCalibration.fit(parted)) {
            BinaryCounts counts = parted.counts(f.scale(), f.shift(), f.threshold());
            assertEquals(1, counts.f1());
            assertEquals(1, parted.ranking(f.scale(), f.shift()).averagePrecision());
            assertTrue(Double.isFinite(f.scale()) && Double.isFinite(f.shift()) && counts.nll() > 0.01);
        }
        for (boolean all : new boolean[] {false, true}) {
            boolean[] same = new boolean[z.length];
            Arrays.fill(same, all);
            for (LabelCalibration.Fit f : LabelCalibration.fit(label(z, same))) {
                assertEquals(List.of(1.0, 0.0, 0.5), List.of(f.scale(), f.shift(), f.threshold()));
            }
        }
    }

    @Test
    void farLogitsCostWhatTheyAre() {
        LabelLogits far = label(new double[] {-100, 60, 90, 100}, new boolean[] {true, false, true, false});
        assertEquals((100 + 60 + 100) / 4.0, far.counts(1, 0, 0.5).nll(), 1e-6);
        // The first of the ranking, 100, has no label; 90 has it, and so has the last.
        assertEquals((1.0 / 2 + 2.0 / 4) / 2, far.ranking(1, 0).averagePrecision(), 1e-15);
        // A falling curve ranks the other way.
        assertEquals((1.0 + 2.0 / 3) / 2, far.ranking(-1, 0).averagePrecision(), 1e-15);
        List<Prediction> decisions = Decisions.of(new Prediction(
                "p",
                -1,
                new int[] {0},
                0,
                new float[] {-40, 50},
                Calibrator.Labels.plain(2).apply(new float[] {-40, 50})));
        assertEquals(Math.exp(-50), decisions.get(1).probabilities()[0], 1e-30);
    }

    @Test
    void theCurvesAreScikitLearnsAndSciPys() {
        double temperature = 0;
        double platt = 0;
        for (JsonNode c : golden.get("cases")) {
            List<LabelLogits> columns = columns(c);
            for (int k = 0; k < columns.size(); k++) {
                JsonNode own = c.get("each").get(k);
                double[] t = LabelCalibration.curve("temperature", columns.get(k));
                temperature = Math.max(
                        temperature, Math.abs(t[0] * own.get("temperature").asDouble() - 1));
                double[] p = LabelCalibration.curve("platt", columns.get(k));
                platt = Math.max(
                        platt,
                        Math.max(
                                Math.abs(p[0] - own.get("scale").asDouble()),
                                Math.abs(p[1] - own.get("shift").asDouble())));
            }
        }
        Comparisons.check(
                "several labels: temperature by label",
                "SciPy " + golden.get("scipy").asText(),
                temperature,
                1e-6,
                "the temperature");
        Comparisons.check("several labels: Platt's curve by label", sklearn, platt, 1e-6, "1");
    }
}
