package ai.softlabel.report;

import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A study's figures: mean and standard deviation over the seeds for each strength of smoothing. */
public final class StudyTable {
    /** The recalibrations. */
    static final List<String> METHODS = RecalibrationMethod.all().stream()
            .filter(m -> m != RecalibrationMethod.NONE)
            .map(RecalibrationMethod::word)
            .toList();

    /** The columns by key, each with the function that reads the figure from a run's report. */
    private static final Map<String, ToDoubleFunction<JsonNode>> COLUMNS = new LinkedHashMap<>();

    static {
        COLUMNS.put("error", at("/test/error"));
        COLUMNS.put("nll", at("/test/nll"));
        COLUMNS.put("ece", at("/test/ece"));
        for (String method : METHODS) {
            COLUMNS.put("ece_" + method, at("/recalibrated/methods/" + method + "/ece"));
        }
        COLUMNS.put("ece_chosen", r -> number(chosen(r).path("ece")));
        COLUMNS.put("ece_if_calibrated", r -> number(chosen(r).path("ece_if_calibrated")));
        COLUMNS.put("nll_chosen", r -> number(chosen(r).path("nll")));
        COLUMNS.put("temperature", at("/recalibrated/methods/temperature/parameter"));
        COLUMNS.put("train_error", at("/train/error"));
        COLUMNS.put("train_nll", at("/train/nll"));
        COLUMNS.put("error_gap", r -> number(r.at("/test/error")) - number(r.at("/train/error")));
        COLUMNS.put("nll_gap", r -> number(r.at("/test/nll")) - number(r.at("/train/nll")));
        COLUMNS.put("margin_test", at("/margin/test"));
        COLUMNS.put("margin_train", at("/margin/train"));
        COLUMNS.put("margin_optimum", at("/margin/optimum"));
    }

    /**
     * A figure over the seeds.
     *
     * @param spread the sample standard deviation (divisor n - 1); NaN for one seed
     */
    record Spread(double mean, double spread) {
        static Spread of(double[] values) {
            double mean = 0;
            for (double v : values) {
                mean += v / values.length;
            }
            double sum = 0;
            for (double v : values) {
                sum += (v - mean) * (v - mean);
            }
            return new Spread(mean, Math.sqrt(sum / (values.length - 1)));
        }

        String text(String format) {
            return !Double.isFinite(mean)
                    ? "–"
                    : String.format(Locale.ROOT, format, mean)
                            + (Double.isFinite(spread) ? " ± " + String.format(Locale.ROOT, format, spread) : "");
        }
    }

    /** The runs of one strength of smoothing. */
    record Row(double smoothing, List<JsonNode> runs, Map<String, Spread> figures) {
        /** The recalibration methods that the runs chose. */
        String chosen() {
            return String.join(
                    ", ",
                    runs.stream()
                            .map(r -> r.at("/recalibrated/chosen").asText("none"))
                            .distinct()
                            .toList());
        }
    }

    private final List<Row> rows = new ArrayList<>();

    private StudyTable() {}

    /** Makes the table from the runs' reports. */
    public static StudyTable of(List<JsonNode> reports) {
        Map<Double, List<JsonNode>> by = new LinkedHashMap<>();
        for (JsonNode r : reports) {
            by.computeIfAbsent(r.at("/training/smoothing").asDouble(), s -> new ArrayList<>())
                    .add(r);
        }
        StudyTable table = new StudyTable();
        by.forEach((smoothing, runs) -> {
            Map<String, Spread> figures = new LinkedHashMap<>();
            COLUMNS.forEach((name, column) -> figures.put(
                    name, Spread.of(runs.stream().mapToDouble(column).toArray())));
            table.rows.add(new Row(smoothing, runs, figures));
        });
        return table;
    }

    List<Row> rows() {
        return rows;
    }

    /** The rows in the form of {@code study.json}. */
    public ArrayNode json() {
        ArrayNode array = Json.object().arrayNode();
        for (Row row : rows) {
            ObjectNode n = array.addObject()
                    .put("smoothing", row.smoothing())
                    .put("runs", row.runs().size())
                    .put("chosen", row.chosen());
            row.figures().forEach((name, spread) -> {
                ObjectNode of = n.putObject(name);
                Json.put(of, "mean", spread.mean());
                Json.put(of, "spread", spread.spread());
            });
        }
        return array;
    }

    /** CSV with one line per run and all columns. */
    public static String csv(List<JsonNode> reports) {
        StringBuilder csv = new StringBuilder("smoothing,seed,chosen," + String.join(",", COLUMNS.keySet()) + "\n");
        for (JsonNode r : reports) {
            csv.append(r.at("/training/smoothing").asDouble())
                    .append(',')
                    .append(r.at("/training/seed").asLong())
                    .append(',')
                    .append(r.at("/recalibrated/chosen").asText("none"));
            COLUMNS.values().forEach(column -> {
                double v = column.applyAsDouble(r);
                csv.append(',').append(Double.isFinite(v) ? Double.toString(v) : "");
            });
            csv.append('\n');
        }
        return csv.toString();
    }

    /** The table as lines for the console. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        String layout = "%-9s %-17s %-17s %-17s %-17s %-17s %-17s %s";
        lines.add(String.format(
                layout,
                "smoothing",
                "error",
                "NLL",
                "ECE",
                "ECE recalibrated",
                "ECE if calibrated",
                "NLL test-train",
                "margin"));
        for (Row row : rows) {
            Map<String, Spread> f = row.figures();
            lines.add(String.format(
                    layout,
                    row.smoothing(),
                    f.get("error").text("%.4f"),
                    f.get("nll").text("%.4f"),
                    f.get("ece").text("%.4f"),
                    f.get("ece_chosen").text("%.4f"),
                    String.format(
                            Locale.ROOT, "%.4f", f.get("ece_if_calibrated").mean()),
                    f.get("nll_gap").text("%.4f"),
                    f.get("margin_test").text("%.2f")));
        }
        return lines;
    }

    private static ToDoubleFunction<JsonNode> at(String path) {
        return r -> number(r.at(path));
    }

    /** The figures of the chosen recalibration; those of the test part if the run has none. */
    private static JsonNode chosen(JsonNode report) {
        return report.has("recalibrated") ? report.path("recalibrated") : report.path("test");
    }

    private static double number(JsonNode n) {
        return n.isNumber() ? n.asDouble() : Double.NaN;
    }
}
