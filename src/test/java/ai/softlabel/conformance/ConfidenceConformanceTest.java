package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.metrics.ConfidenceScore;
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
 * Confidence scores and smooth ECE against other implementations; see {@code src/test/python/make_metrics_golden.py}.
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
}
