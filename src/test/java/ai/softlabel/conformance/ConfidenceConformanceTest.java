package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.metrics.ConfidenceScore;
import ai.softlabel.metrics.Corp;
import ai.softlabel.metrics.PictureMetrics;
import ai.softlabel.metrics.SmoothCalibration;
import ai.softlabel.metrics.Summary;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * Confidence scores, smooth ECE and CORP against other implementations; see {@code make_metrics_golden.py} and
 * {@code make_conformal_golden.py} in {@code src/test/python}.
 */
class ConfidenceConformanceTest {
    private static JsonNode golden(String name) throws IOException {
        return new ObjectMapper().readTree(TestFiles.bytes("golden/" + name + ".json"));
    }

    @Test
    void smoothEceIsItsDefinitions() throws IOException {
        JsonNode found = golden("confidence");
        double off = 0;
        double width = 0;
        double relplot = 0;
        int compared = 0;
        List<String> seen = new ArrayList<>();
        for (JsonNode c : golden("metrics").get("cases")) {
            Summary s = MetricsConformanceTest.summary(c);
            SmoothCalibration ours = SmoothCalibration.of(s);
            for (JsonNode expected : found.get("smooth")) {
                if (expected.get("case").equals(c.get("name"))) {
                    seen.add(c.get("name").asText());
                    off = Math.max(off, Math.abs(expected.get("error").asDouble() - ours.error()));
                    off = Math.max(off, Math.abs(expected.get("at_tenth").asDouble() - ours.error(0.1)));
                    width = Math.max(width, Math.abs(expected.get("width").asDouble() - ours.width()));
                    // It has none where a confidence is exactly 1, which it counts half.
                    if (expected.get("relplot").isNumber()) {
                        compared++;
                        relplot = Math.max(
                                relplot, Math.abs(expected.get("relplot").asDouble() - ours.error(0.1)));
                    }
                }
            }
        }
        assertEquals(List.of("flat", "sharp", "two", "few", "edges"), seen);
        assertEquals(4, compared);
        String scipy = "SciPy " + found.at("/versions/scipy").asText();
        Comparisons.check("metric: smooth_ece, by its definition", scipy, off, 1e-6, "1");
        Comparisons.check("metric: smooth_ece's width, by its definition", scipy, width, 1e-6, "1");
        // relplot rounds confidences to a grid and adds 1e-4 to the density.
        Comparisons.check(
                "metric: smooth_ece at width 0.1, relplot",
                "relplot " + found.at("/versions/relplot").asText(),
                relplot,
                1e-3,
                "1");
    }

    @Test
    void everyConfidenceScoreIsTheReferences() throws IOException {
        JsonNode found = golden("confidence");
        double[] z = Streams.uniform("scores/z", 40 * 12, -9, 9);
        int[] compared = {0};
        for (Map.Entry<String, JsonNode> e : found.get("scores").properties()) {
            ToDoubleFunction<float[]> ours = e.getKey().startsWith("p_norm ")
                    ? row -> ConfidenceScore.pNorm(
                            row, Double.parseDouble(e.getKey().substring("p_norm ".length())))
                    : ConfidenceScore.valueOf(e.getKey())::of;
            double off = 0;
            for (int i = 0; i < 40; i++) {
                float[] row = new float[12];
                for (int c = 0; c < 12; c++) {
                    row[c] = (float) z[i * 12 + c];
                }
                off = Math.max(off, Math.abs(e.getValue().get(i).asDouble() - ours.applyAsDouble(row)));
                compared[0]++;
            }
            Comparisons.check(
                    "confidence score: "
                            + e.getKey().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ", SciPy",
                    "SciPy " + found.at("/versions/scipy").asText(),
                    off,
                    1e-9,
                    "1");
        }
        assertTrue(compared[0] >= 8 * 40, "compared: " + compared[0]);
    }

    /** CORP's parts against model-diagnostics'. */
    @Test
    void theDecompositionIsModelDiagnostics() throws IOException {
        JsonNode found = golden("conformal");
        String reference =
                "model-diagnostics " + found.at("/versions/model_diagnostics").asText();
        for (JsonNode c : found.get("corp")) {
            String name = c.get("name").asText();
            int n = c.get("n").asInt();
            double[] confidence = Streams.uniform(name + "/c", n, 0.05, 1);
            double[] hit = Streams.uniform(name + "/hit", n, 0, 1);
            Summary s = new Summary();
            for (int i = 0; i < n; i++) {
                double p = name.equals("corp/ties") ? Math.rint(confidence[i] * 10) / 10 : confidence[i];
                boolean correct = hit[i] < Math.pow(p, c.get("power").asDouble());
                s.update(new PictureMetrics(new double[] {p, 1 - p}, correct ? 0 : 1, 0, p, correct, true, 0, 0, 0), 1);
            }
            Corp corp = Corp.of(s);
            double off = Math.max(off(c.get("brier"), corp.brier()), off(c.get("log"), corp.log()));
            Comparisons.check("metric: parts of Brier and logarithmic score, " + name, reference, off, 1e-9, "1");
            double last = -1;
            for (Corp.Block b : corp.blocks()) {
                assertTrue(b.accuracy() > last && b.low() <= b.high());
                last = b.accuracy();
            }
        }
        assertEquals(3, found.get("corp").size());
    }

    private static double off(JsonNode expected, Corp.Parts parts) {
        return Math.max(
                Math.abs(expected.get("miscalibration").asDouble() - parts.miscalibration()),
                Math.max(
                        Math.abs(expected.get("discrimination").asDouble() - parts.discrimination()),
                        Math.abs(expected.get("uncertainty").asDouble() - parts.uncertainty())));
    }
}
