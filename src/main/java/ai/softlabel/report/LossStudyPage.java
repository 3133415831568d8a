package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code study.html} of a study of losses, on one self-contained page; its sentences are made of the figures. */
public final class LossStudyPage {
    /** The columns by key, with their heads. */
    private static final Map<String, String> FIGURES = new LinkedHashMap<>();

    private static final Map<String, String> DIFFERENCES = new LinkedHashMap<>();

    static {
        FIGURES.put("error", "error");
        FIGURES.put("nll", "NLL");
        FIGURES.put("nll_recalibrated", "NLL recalibrated");
        FIGURES.put("held_out_nll", "held-out NLL, recalibrated");
        FIGURES.put("ece", "ECE");
        FIGURES.put("ece_recalibrated", "ECE recalibrated");
        FIGURES.put("ece_if_calibrated", "ECE if perfectly calibrated (95th percentile)");
        FIGURES.put("aurc", "AURC");
        FIGURES.put("aurc_p_norm", "AURC, p-norm");
        FIGURES.put("aurc_excess", "excess AURC");
        FIGURES.put("aurc_excess_p_norm", "excess AURC, p-norm");
        FIGURES.put("set_size", "classes in a 95 % set");
        FIGURES.put("set_coverage", "coverage of the sets");
        FIGURES.put("answered", "answered at --max-error 0.05");
        FIGURES.put("answered_error", "error of those");
        FIGURES.put("tightness", "tightness");
        FIGURES.put("transfer", "error by transfer");
        DIFFERENCES.put("error", "error");
        DIFFERENCES.put("nll", "NLL");
        DIFFERENCES.put("nll_recalibrated", "NLL recalibrated");
        DIFFERENCES.put("ece", "ECE");
        DIFFERENCES.put("ece_recalibrated", "ECE recalibrated");
        DIFFERENCES.put("aurc", "AURC");
        DIFFERENCES.put("aurc_p_norm", "AURC, p-norm");
        DIFFERENCES.put("aurc_p_norm_from_aurc", "AURC by p-norm less the first's AURC");
        DIFFERENCES.put("aurc_excess_p_norm_from_aurc_excess", "excess AURC by p-norm less the first's excess AURC");
        DIFFERENCES.put("set_size", "classes in a 95 % set");
        DIFFERENCES.put("transfer", "error by transfer");
    }

    private LossStudyPage() {}

    /**
     * The page.
     *
     * @param study as {@code study.json} has it
     * @param run the report of the first run
     */
    public static String of(JsonNode study, JsonNode run) {
        StringBuilder page = new StringBuilder(Html.open("Study of losses"))
                .append("<p>")
                .append(Html.escape(String.format(
                        Locale.ROOT,
                        "%s at %d, %d epochs, %s: %d training pictures and %d test pictures; %d runs of each loss.",
                        run.at("/model/architecture").asText(),
                        run.at("/model/image_size").asInt(),
                        run.at("/training/epochs").asInt(),
                        run.at("/data/path").asText(),
                        run.at("/data/train").asLong(),
                        run.at("/data/test").asLong(),
                        study.at("/table/0/runs").asInt())))
                .append(
                        " Figures are means over the runs (± standard deviation over the seeds), on the test part.</p><ul>");
        LossSentences.of(study.get("table"))
                .forEach(s -> page.append("<li>").append(Html.escape(s)).append("</li>"));
        page.append("</ul>");
        chosen(page, study.get("table"));
        page.append("<h2>Figures</h2>");
        figures(page, study.get("table"));
        page.append(
                        "<p>AURC is by the largest probability, or by the p-norm score of logits; its excess is over the least that the same number of errors allows, which takes the error rate out. Tightness: the mean square of the features' distance from their class's mean over that of the class means' from the mean of all, in the space that the head's rows span; less is tighter.")
                .append(
                        study.has("transfer")
                                ? " Error by transfer: of the pictures at "
                                        + Html.escape(study.get("transfer").asText())
                                        + ", half make each class's mean feature, and the others get the class of the nearest mean; where only heads are trained, all losses have the same features."
                                : "")
                .append("</p><h2>Differences from ")
                .append(Html.escape(study.at("/table/0/loss").asText()))
                .append("</h2>");
        differences(page, study.get("table"));
        page.append(
                        "<p>In brackets: 95 % intervals of the paired difference, from 200 bootstrap draws of the test pictures, which all runs share. They hold what other test pictures would change, not what other seeds would. ")
                .append(
                        several(study)
                                ? "Below it: the interval of the seeds' differences by Student's t, which holds what other seeds would change on these test pictures.</p>"
                                : "With one seed nothing tells what others would change; <code>--seeds 3</code> does.</p>");
        projections(page, study.path("projection"));
        return page.append(Html.close()).toString();
    }

    /** The columns of a table, without transfer where none was asked for. */
    private static Map<String, String> shown(Map<String, String> columns, JsonNode row) {
        Map<String, String> out = new LinkedHashMap<>(columns);
        out.keySet().removeIf(k -> k.equals("transfer") && !row.has(k));
        return out;
    }

    private static boolean several(JsonNode study) {
        return study.at("/table/0/runs").asInt() > 1;
    }

    /** Of each loss the strength that held-out pictures choose; nothing where there is no choice. */
    private static void chosen(StringBuilder page, JsonNode table) {
        List<JsonNode> rows = LossSentences.chosen(table);
        if (rows.size() == table.size()) {
            return;
        }
        page.append(
                        "<h2>Each loss at its best strength</h2><p>The strength with the least recalibrated NLL on held-out pictures; test pictures choose none.</p>")
                .append(Html.scroll("Best strengths"))
                .append("<table><tr><th>loss</th><th>held-out NLL</th>");
        shown(DIFFERENCES, rows.get(0))
                .forEach((k, h) -> page.append("<th>").append(h).append("</th>"));
        page.append("</tr>");
        for (JsonNode row : rows) {
            page.append("<tr><td>")
                    .append(Html.escape(row.get("loss").asText()))
                    .append("</td><td>")
                    .append(Html.number(row.get("held_out_nll")));
            shown(DIFFERENCES, row).keySet().forEach(k -> page.append("</td><td>")
                    .append(difference(row, k)));
            page.append("</td></tr>");
        }
        page.append("</table></div>");
    }

    /** A difference with its intervals: of other test pictures and, of several runs, of other seeds. */
    private static String difference(JsonNode row, String key) {
        JsonNode d = row.at("/differences/" + key);
        String seeds = d.at("/seeds_interval/0").isNumber()
                ? String.format(
                        Locale.ROOT,
                        "<br>seeds %+.4f to %+.4f",
                        d.at("/seeds_interval/0").asDouble(),
                        d.at("/seeds_interval/1").asDouble())
                : "";
        return String.format(
                        Locale.ROOT,
                        "%+.4f (%+.4f to %+.4f)",
                        d.path("value").asDouble(),
                        d.at("/interval/0").asDouble(),
                        d.at("/interval/1").asDouble())
                + seeds;
    }

    private static void figures(StringBuilder page, JsonNode table) {
        page.append(Html.scroll("Figures by loss") + "<table><tr><th>loss</th>");
        shown(FIGURES, table.get(0))
                .forEach((k, h) -> page.append("<th>").append(h).append("</th>"));
        page.append("</tr>");
        for (JsonNode row : table) {
            page.append("<tr><td>").append(Html.escape(row.get("loss").asText()));
            StudyCells.figures(page, row, shown(FIGURES, row).keySet());
        }
        page.append("</table></div>");
    }

    private static void differences(StringBuilder page, JsonNode table) {
        page.append(Html.scroll("Differences by loss") + "<table><tr><th>loss</th>");
        shown(DIFFERENCES, table.get(0))
                .forEach((k, h) -> page.append("<th>").append(h).append("</th>"));
        page.append("</tr>");
        for (JsonNode row : table) {
            page.append("<tr><td>").append(Html.escape(row.get("loss").asText()));
            shown(DIFFERENCES, row).keySet().forEach(k -> page.append("</td><td>")
                    .append(difference(row, k)));
            page.append("</td></tr>");
        }
        page.append("</table></div>");
    }

    private static void projections(StringBuilder page, JsonNode projection) {
        if (!projection.has("classes")) {
            return;
        }
        page.append("<h2>Three classes</h2><p>Test pictures of <span class=\"key a\"></span> ")
                .append(Html.escape(projection.at("/classes/0").asText()))
                .append(", <span class=\"key b\"></span> ")
                .append(Html.escape(projection.at("/classes/1").asText()))
                .append(" and <span class=\"key c\"></span> ")
                .append(Html.escape(projection.at("/classes/2").asText()))
                .append(
                        ": features in the plane of these classes' rows in the head (Müller, Kornblith and Hinton, 2019), of the first seed. The first two are those that the first run confuses most.</p><div class=\"charts\">");
        for (JsonNode loss : projection.get("losses")) {
            page.append("<figure>")
                    .append(cloud(loss))
                    .append("<figcaption>")
                    .append(Html.escape(loss.get("loss").asText()))
                    .append(": tightness ")
                    .append(Html.number(loss.get("tightness")))
                    .append("</figcaption></figure>");
        }
        page.append("</div>");
    }

    private static String cloud(JsonNode loss) {
        double[] least = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] most = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (JsonNode p : loss.get("points")) {
            for (int k = 0; k < 2; k++) {
                least[k] = Math.min(least[k], p.get(k).asDouble());
                most[k] = Math.max(most[k], p.get(k).asDouble());
            }
        }
        Charts chart = new Charts(
                        "features of three classes, "
                                + Html.escape(loss.get("loss").asText()),
                        least[0],
                        most[0],
                        least[1],
                        most[1])
                .axes("first direction", "second direction", 4, 4, Html::tenth, Html::tenth);
        String[] styles = {"a", "b", "c"};
        for (JsonNode p : loss.get("points")) {
            chart.dot(styles[p.get(2).asInt()], p.get(0).asDouble(), p.get(1).asDouble());
        }
        return chart.svg();
    }

    /** CSV with a line for each loss: figures, then differences with their limits, then what seeds tell. */
    public static String csv(JsonNode study) {
        Set<String> figures = shown(FIGURES, study.at("/table/0")).keySet();
        Set<String> differences = shown(DIFFERENCES, study.at("/table/0")).keySet();
        StringBuilder csv = new StringBuilder("loss,runs,").append(String.join(",", figures));
        differences.forEach(k -> csv.append(String.format(",%1$s_difference,%1$s_low,%1$s_high", k)));
        differences.forEach(k -> csv.append(String.format(",%1$s_seeds_low,%1$s_seeds_high", k)));
        figures.forEach(k -> csv.append(',').append(k).append("_deviation"));
        csv.append(",chosen");
        for (JsonNode row : study.get("table")) {
            csv.append("\n\"")
                    .append(row.get("loss").asText())
                    .append("\",")
                    .append(row.get("runs").asInt());
            figures.forEach(k -> csv.append(',').append(StudyCells.csv(row.get(k))));
            differences.forEach(k -> {
                JsonNode d = row.at("/differences/" + k);
                csv.append(',').append(StudyCells.csv(d.get("value")));
                csv.append(',').append(StudyCells.csv(d.at("/interval/0")));
                csv.append(',').append(StudyCells.csv(d.at("/interval/1")));
            });
            differences.forEach(k -> {
                csv.append(',').append(StudyCells.csv(row.at("/differences/" + k + "/seeds_interval/0")));
                csv.append(',').append(StudyCells.csv(row.at("/differences/" + k + "/seeds_interval/1")));
            });
            figures.forEach(k -> csv.append(',').append(StudyCells.csv(row.at("/deviations/" + k))));
            csv.append(',').append(row.get("chosen").asBoolean());
        }
        return csv.append('\n').toString();
    }

    /** A Markdown table of figures and differences, then the sentences, for the console. */
    public static List<String> lines(JsonNode study) {
        List<String> lines = new ArrayList<>();
        List<String> keys = List.of(
                "error",
                "nll_recalibrated",
                "ece",
                "ece_recalibrated",
                "aurc",
                "aurc_p_norm",
                "set_size",
                "set_coverage",
                "answered",
                "answered_error",
                "tightness",
                "transfer");
        keys = keys.stream()
                .filter(shown(FIGURES, study.at("/table/0"))::containsKey)
                .toList();
        lines.add(
                "| loss | " + String.join(" | ", keys.stream().map(FIGURES::get).toList()) + " |");
        lines.add("|---".repeat(keys.size() + 1) + "|");
        for (JsonNode row : study.get("table")) {
            StringBuilder line =
                    new StringBuilder("| `").append(row.get("loss").asText()).append("`");
            for (String k : keys) {
                line.append(" | ").append(Html.number(row.get(k)));
            }
            lines.add(line.append(" |").toString());
        }
        lines.addAll(LossSentences.of(study.get("table")));
        return lines;
    }
}
