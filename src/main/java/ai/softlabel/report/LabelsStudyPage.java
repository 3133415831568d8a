package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code study.html} of a study on pictures of several labels, and its table as CSV and for the console. */
public final class LabelsStudyPage {
    private static final String CHOSEN = "/labels/chosen";

    /**
     * Where a run's report has each figure.
     *
     * @param head of its column
     * @param pointer a JSON pointer, in which {@code *} stands for the chosen recalibration
     */
    public record Figure(String head, String pointer) {}

    /** The figures by key. */
    public static final Map<String, Figure> FIGURES = figures();

    /** The keys of the figures that are compared with those of the first loss. */
    public static final List<String> DIFFERENCES =
            List.of("error", "map_macro", "f1_macro", "nll_recalibrated", "ece_recalibrated");

    private LabelsStudyPage() {}

    private static Map<String, Figure> figures() {
        Map<String, Figure> f = new LinkedHashMap<>();
        f.put("error", new Figure("wrong decisions", "/test/error"));
        f.put("map_macro", new Figure("mAP, mean over labels", "/labels/map_macro"));
        f.put("map_micro", new Figure("mAP, all decisions", "/labels/map_micro"));
        f.put("f1_macro", new Figure("F1, mean over labels", "/labels/macro/f1"));
        f.put("f1_micro", new Figure("F1, all decisions", "/labels/micro/f1"));
        f.put("nll", new Figure("NLL", "/labels/nll_plain"));
        f.put("nll_recalibrated", new Figure("NLL recalibrated", "/labels/nll"));
        f.put("held_out_nll", new Figure("held-out NLL, recalibrated", "/labels/methods/*/validation_nll"));
        f.put("ece", new Figure("ECE", "/labels/ece_plain"));
        f.put("ece_recalibrated", new Figure("ECE recalibrated", "/labels/ece"));
        f.put("train_error", new Figure("wrong decisions, training", "/train/error"));
        f.put("train_nll", new Figure("NLL, training", "/train/nll"));
        return java.util.Collections.unmodifiableMap(f);
    }

    /** A figure of a run's report; missing where it has none. */
    public static JsonNode value(JsonNode report, String figure) {
        String chosen = report.at(CHOSEN).asText();
        return report.at(FIGURES.get(figure).pointer().replace("*", chosen));
    }

    /**
     * The page.
     *
     * @param study as {@code study.json} has it
     * @param runs the report of each loss's first run, in the table's order
     */
    public static String of(JsonNode study, List<JsonNode> runs) {
        JsonNode run = runs.get(0);
        JsonNode table = study.get("table");
        boolean several = table.at("/0/runs").asInt() > 1;
        StringBuilder page = new StringBuilder(Html.open("Study of several labels"))
                .append("<p>")
                .append(Html.escape(String.format(
                        Locale.ROOT,
                        "%s at %d, %d epochs, %s: %d training pictures, %d test pictures and %d labels; runs of each loss: %d.",
                        run.at("/model/architecture").asText(),
                        run.at("/model/image_size").asInt(),
                        run.at("/training/epochs").asInt(),
                        run.at("/data/path").asText(),
                        run.at("/data/train").asLong(),
                        run.at("/data/test").asLong(),
                        run.at("/data/classes").asLong(),
                        table.at("/0/runs").asInt())))
                .append(
                        " Figures are means over the runs (± standard deviation over the seeds), on the test part unless stated otherwise. A decision is whether a picture has a label.</p><h2>Figures</h2>");
        figures(page, table);
        page.append("<h2>Differences from ")
                .append(Html.escape(table.at("/0/loss").asText()))
                .append("</h2>");
        differences(page, table);
        page.append(
                        several
                                ? "<p>In brackets: 95 % intervals of the seeds' differences by Student's t, which hold what other seeds would change on these test pictures.</p>"
                                : "<p>With one seed nothing tells what others would change; <code>--seeds 3</code> does.</p>")
                .append("<h2>Reliability diagrams</h2><div class=\"charts\">");
        for (JsonNode of : runs) {
            page.append("<figure>")
                    .append(CalibrationCharts.reliability(of.path("test")))
                    .append("<figcaption>")
                    .append(Html.escape(of.at("/training/loss").asText()))
                    .append(", decisions, not recalibrated: ECE ")
                    .append(Html.number(of.at("/test/ece")))
                    .append("</figcaption></figure>");
        }
        return page.append("</div>").append(Html.close()).toString();
    }

    private static void figures(StringBuilder page, JsonNode table) {
        page.append(Html.scroll("Figures by loss")).append("<table><tr><th>loss</th>");
        FIGURES.values().forEach(f -> page.append("<th>").append(f.head()).append("</th>"));
        page.append("</tr>");
        for (int i = 0; i < table.size(); i++) {
            JsonNode row = table.get(i);
            boolean chosen = i > 0 && row.path("chosen").asBoolean();
            page.append("<tr><td>")
                    .append(Html.escape(row.get("loss").asText()))
                    .append(chosen ? " (least held-out NLL of the others)" : "");
            StudyCells.figures(page, row, FIGURES.keySet());
        }
        page.append("</table></div>");
    }

    private static void differences(StringBuilder page, JsonNode table) {
        page.append(Html.scroll("Differences by loss")).append("<table><tr><th>loss</th>");
        DIFFERENCES.forEach(
                k -> page.append("<th>").append(FIGURES.get(k).head()).append("</th>"));
        page.append("</tr>");
        for (JsonNode row : table) {
            page.append("<tr><td>").append(Html.escape(row.get("loss").asText()));
            DIFFERENCES.forEach(k -> page.append("</td><td>").append(difference(row.at("/differences/" + k))));
            page.append("</td></tr>");
        }
        page.append("</table></div>");
    }

    private static String difference(JsonNode d) {
        if (!d.path("value").isNumber()) {
            return Html.number(d.path("value"));
        }
        String value = String.format(Locale.ROOT, "%+.4f", d.get("value").asDouble());
        return !d.at("/seeds_interval/0").isNumber()
                ? value
                : String.format(
                        Locale.ROOT,
                        "%s (%+.4f to %+.4f)",
                        value,
                        d.at("/seeds_interval/0").asDouble(),
                        d.at("/seeds_interval/1").asDouble());
    }

    /** CSV with a line for each loss: figures, their deviations over the seeds, then differences with their limits. */
    public static String csv(JsonNode study) {
        StringBuilder csv = new StringBuilder("loss,runs,").append(String.join(",", FIGURES.keySet()));
        FIGURES.keySet().forEach(k -> csv.append(',').append(k).append("_deviation"));
        DIFFERENCES.forEach(k -> csv.append(String.format(",%1$s_difference,%1$s_seeds_low,%1$s_seeds_high", k)));
        csv.append(",chosen");
        for (JsonNode row : study.get("table")) {
            csv.append("\n\"")
                    .append(row.get("loss").asText())
                    .append("\",")
                    .append(row.get("runs").asInt());
            FIGURES.keySet().forEach(k -> csv.append(',').append(StudyCells.csv(row.get(k))));
            FIGURES.keySet().forEach(k -> csv.append(',').append(StudyCells.csv(row.at("/deviations/" + k))));
            for (String k : DIFFERENCES) {
                JsonNode d = row.at("/differences/" + k);
                csv.append(',').append(StudyCells.csv(d.path("value")));
                csv.append(',').append(StudyCells.csv(d.at("/seeds_interval/0")));
                csv.append(',').append(StudyCells.csv(d.at("/seeds_interval/1")));
            }
            csv.append(',').append(row.path("chosen").asText());
        }
        return csv.append('\n').toString();
    }

    /** A Markdown table of the figures, for the console. */
    public static List<String> lines(JsonNode study) {
        List<String> lines = new ArrayList<>();
        List<String> heads = FIGURES.values().stream().map(Figure::head).toList();
        lines.add("| loss | " + String.join(" | ", heads) + " |");
        lines.add("|---".repeat(heads.size() + 1) + "|");
        for (JsonNode row : study.get("table")) {
            StringBuilder line =
                    new StringBuilder("| `").append(row.get("loss").asText()).append("`");
            FIGURES.keySet().forEach(k -> line.append(" | ").append(Html.number(row.get(k))));
            lines.add(line.append(" |").toString());
        }
        return lines;
    }
}
