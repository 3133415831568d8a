package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.metrics.Figures;
import ai.softlabel.metrics.Ranking;
import ai.softlabel.metrics.Summary;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Error and calibration against five other implementations; see {@code src/test/python/make_metrics_golden.py}. */
class MetricsConformanceTest {
    private static final int EDGES = 24;

    static Summary summary(JsonNode c) {
        String name = c.get("name").asText();
        int n = c.get("n").asInt();
        int classes = c.get("classes").asInt();
        Summary s = new Summary();
        if (name.equals("edges")) {
            for (int i = 0; i < EDGES; i++) {
                double top = (8 + i / 3) / 15.0;
                s.update(new double[] {top, 1 - top}, i % 2);
            }
            return s;
        }
        double[] p = Streams.uniform(name + "/p", n * classes, 0.2, 1);
        double[] hit = Streams.uniform(name + "/hit", n, 0, 1);
        int[] other = Streams.whole(name + "/y", n, classes);
        for (int i = 0; i < n; i++) {
            double[] row = new double[classes];
            double sum = 0;
            int best = 0;
            for (int k = 0; k < classes; k++) {
                row[k] = Math.pow(p[i * classes + k], c.get("sharpness").asDouble());
                sum += row[k];
                best = row[k] > row[best] ? k : best;
            }
            for (int k = 0; k < classes; k++) {
                row[k] /= sum;
            }
            s.update(row, hit[i] < 0.6 ? best : other[i]);
        }
        return s;
    }

    @Test
    void everyFigureIsTheReferences() throws IOException {
        JsonNode golden = new ObjectMapper().readTree(TestFiles.bytes("golden/metrics.json"));
        Map<String, Double> worst = new TreeMap<>();
        Map<String, String> versions = new TreeMap<>();
        for (JsonNode c : golden.get("cases")) {
            Summary s = summary(c);
            Map<String, Double> ours = Figures.of(s);
            c.get("references").properties().forEach(reference -> {
                String version = reference.getKey().replace('_', '-') + " "
                        + golden.at("/versions/" + reference.getKey()).asText();
                reference.getValue().properties().forEach(figure -> {
                    double off = 0;
                    if (figure.getKey().equals("risk_coverage")) {
                        List<Ranking.Point> curve = Ranking.of(s).riskCoverage();
                        assertEquals(figure.getValue().size(), curve.size());
                        for (int i = 0; i < curve.size(); i++) {
                            off = Math.max(
                                    off,
                                    Math.abs(figure.getValue().get(i).asDouble()
                                            - curve.get(i).risk()));
                        }
                    } else {
                        off = Math.abs(figure.getValue().asDouble() - ours.get(figure.getKey()));
                    }
                    String what = "metric: " + figure.getKey() + ", "
                            + reference.getKey().replace('_', '-');
                    worst.merge(what, off, Math::max);
                    versions.put(what, version);
                });
            });
        }
        assertTrue(worst.size() >= 19, worst.keySet().toString());
        // torchmetrics computes in float32.
        worst.forEach((what, off) ->
                Comparisons.check(what, versions.get(what), off, what.endsWith("torchmetrics") ? 1e-5 : 1e-6, "1"));
    }
}
