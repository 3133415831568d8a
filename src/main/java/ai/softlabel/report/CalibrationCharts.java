package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Charts of calibration from a report's {@code test} or {@code recalibrated} section. */
public final class CalibrationCharts {
    private static final double Z = 1.96;

    private CalibrationCharts() {}

    /** The reliability diagram: accuracy by confidence bin, with Wilson's 95 % interval. */
    public static String reliability(JsonNode test) {
        Charts chart = new Charts("reliability diagram", 0, 1, 0, 1)
                .axes("confidence", "accuracy", 5, 5, Html::percent, Html::percent);
        for (JsonNode b : test.path("bins")) {
            double n = b.path("count").asDouble();
            if (n > 0) {
                double accuracy = b.path("accuracy").asDouble();
                double middle = (accuracy + Z * Z / (2 * n)) / (1 + Z * Z / n);
                double half = Z / (1 + Z * Z / n) * Math.sqrt(accuracy * (1 - accuracy) / n + Z * Z / (4 * n * n));
                chart.bar("a", b.path("low").asDouble(), b.path("high").asDouble(), 0, accuracy, hint(b));
                chart.whisker(b.path("confidence").asDouble(), middle - half, middle + half);
            }
        }
        return chart.dashed(0, 0, 1, 1).svg();
    }

    /** Reliability without bins: smoothed, where there are pictures, and by isotonic regression, as steps. */
    static String curves(JsonNode test) {
        JsonNode r = test.path("reliability");
        double densest = 0;
        for (JsonNode p : r.path("smooth")) {
            densest = Math.max(densest, p.get("density").asDouble());
        }
        List<double[]> smooth = new ArrayList<>();
        for (JsonNode p : r.path("smooth")) {
            if (p.get("density").asDouble() > densest / 100 && p.get("accuracy").isNumber()) {
                smooth.add(new double[] {
                    p.get("confidence").asDouble(), p.get("accuracy").asDouble()
                });
            }
        }
        List<double[]> corp = new ArrayList<>();
        for (JsonNode b : r.path("corp")) {
            corp.add(new double[] {b.get("low").asDouble(), b.get("accuracy").asDouble()});
            corp.add(new double[] {b.get("high").asDouble(), b.get("accuracy").asDouble()});
        }
        return new Charts("reliability without bins", 0, 1, 0, 1)
                .axes("confidence", "accuracy", 5, 5, Html::percent, Html::percent)
                .line("b", corp)
                .line("a", smooth)
                .dashed(0, 0, 1, 1)
                .svg();
    }

    /** A histogram of confidence: the share of the pictures in each bin. */
    static String histogram(JsonNode test) {
        double total = Math.max(1, test.path("count").asDouble());
        double tallest = 0;
        for (JsonNode b : test.path("bins")) {
            tallest = Math.max(tallest, b.path("count").asDouble() / total);
        }
        Charts chart = new Charts("confidence histogram", 0, 1, 0, tallest)
                .axes("confidence", "share of pictures", 5, 4, Html::percent, Html::percent);
        for (JsonNode b : test.path("bins")) {
            chart.bar(
                    "a",
                    b.path("low").asDouble(),
                    b.path("high").asDouble(),
                    0,
                    b.path("count").asDouble() / total,
                    hint(b));
        }
        return chart.svg();
    }

    /** The risk-coverage curve: the error (risk) of the most confident share of the pictures (coverage). */
    static String riskCoverage(JsonNode test) {
        List<double[]> points = new ArrayList<>();
        double highest = 0;
        for (JsonNode p : test.path("risk_coverage")) {
            points.add(
                    new double[] {p.path("coverage").asDouble(), p.path("risk").asDouble()});
            highest = Math.max(highest, p.path("risk").asDouble());
        }
        return new Charts("risk-coverage curve", 0, 1, 0, highest)
                .axes("coverage", "risk", 5, 4, Html::percent, Html::percent)
                .line("a", points)
                .svg();
    }

    /** One sentence about the curve at 90 % coverage. */
    static String sentence(JsonNode test) {
        for (JsonNode p : test.path("risk_coverage")) {
            if (Math.abs(p.path("coverage").asDouble() - 0.9) < 1e-9) {
                return String.format(
                        Locale.ROOT,
                        "Risk-coverage curve. Without the 10 %% least confident pictures, the error falls from %.2f %% to %.2f %%.",
                        100 * test.path("error").asDouble(),
                        100 * p.path("risk").asDouble());
            }
        }
        return "";
    }

    private static String hint(JsonNode b) {
        return String.format(
                Locale.ROOT,
                "%d pictures, confidence %.3f, accuracy %.3f",
                b.path("count").asLong(),
                b.path("confidence").asDouble(),
                b.path("accuracy").asDouble());
    }
}
