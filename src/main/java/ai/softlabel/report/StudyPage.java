package ai.softlabel.report;

import ai.softlabel.report.StudyTable.Row;
import ai.softlabel.report.StudyTable.Spread;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** {@code study.html}: the results of a study on one self-contained page. */
public final class StudyPage {
    private final StudyTable table;
    private final List<JsonNode> runs;
    private final StringBuilder page = new StringBuilder();

    private StudyPage(StudyTable table, List<JsonNode> runs) {
        this.table = table;
        this.runs = runs;
    }

    /** The page for a study's table and its runs' reports. */
    public static String of(StudyTable table, List<JsonNode> runs) {
        StudyPage html = new StudyPage(table, runs);
        html.head();
        html.results();
        html.recalibration();
        html.overfitting();
        html.figures();
        html.diagrams();
        return html.page.append(Html.close()).toString();
    }

    /**
     * {@code reliability.svg}: for each strength of smoothing the reliability diagrams before and after recalibration.
     */
    public static String reliability(StudyTable table) {
        ChartGrid grid = new ChartGrid();
        for (Row row : table.rows()) {
            JsonNode run = row.runs().get(0);
            String chosen = run.at("/recalibrated/chosen").asText("none");
            JsonNode after = chosen.equals("none") ? run.path("test") : run.path("recalibrated");
            String smoothing = "smoothing " + row.smoothing() + ", ";
            grid.add(
                            smoothing + "not recalibrated: ECE " + Html.number(run.at("/test/ece")),
                            CalibrationCharts.reliability(run.path("test")))
                    .add(
                            smoothing + "recalibrated (" + chosen + "): ECE " + Html.number(after.get("ece")),
                            CalibrationCharts.reliability(after));
        }
        return grid.svg();
    }

    private void head() {
        JsonNode first = runs.get(0);
        page.append(Html.open("Label smoothing study"))
                .append("<p>")
                .append(Html.escape(String.format(
                        Locale.ROOT,
                        "%s at %d, %d epochs, %s: %d training pictures, %d of them held out for recalibration, and %d test pictures.",
                        first.at("/model/architecture").asText(),
                        first.at("/model/image_size").asInt(),
                        first.at("/training/epochs").asInt(),
                        first.at("/data/path").asText(),
                        first.at("/data/train").asLong(),
                        first.at("/data/validation").asLong(),
                        first.at("/data/test").asLong())))
                .append(
                        " Figures are means ± standard deviations over the seeds, on the test part unless stated otherwise.</p>");
    }

    private void results() {
        page.append("<h2>Error and calibration</h2>");
        table(
                "Error and calibration",
                List.of(
                        "error",
                        "NLL",
                        "ECE",
                        "ECE recalibrated",
                        "ECE if perfectly calibrated (95th percentile)",
                        "NLL recalibrated"),
                List.of("error", "nll", "ece", "ece_chosen", "ece_if_calibrated", "nll_chosen"));
        page.append(
                "<p>ECE if perfectly calibrated: the 95th percentile of the ECE that a perfectly calibrated model would have on the same number of pictures with the recalibrated confidences. A smaller ECE is no sign of miscalibration.</p>");
    }

    private void recalibration() {
        page.append("<h2>ECE by recalibration method</h2>");
        List<String> heads = new ArrayList<>(List.of("none"));
        List<String> keys = new ArrayList<>(List.of("ece"));
        StudyTable.METHODS.forEach(m -> {
            heads.add(m);
            keys.add("ece_" + m);
        });
        heads.add("fitted temperature");
        keys.add("temperature");
        table("ECE by recalibration method", heads, keys);
        page.append("<p>Methods chosen by cross-validated NLL: ");
        page.append(String.join(
                        "; ",
                        table.rows().stream()
                                .map(r -> "smoothing " + r.smoothing() + ": " + r.chosen())
                                .toList()))
                .append(". A temperature below 1 raises confidence, one above 1 lowers it.</p>");
    }

    private void overfitting() {
        page.append("<h2>Over-fitting and logit margins</h2>");
        table(
                "Over-fitting and logit margins",
                List.of(
                        "training error",
                        "test - training",
                        "training NLL",
                        "test - training",
                        "margin, training",
                        "margin, test",
                        "margin, optimal"),
                List.of(
                        "train_error",
                        "error_gap",
                        "train_nll",
                        "nll_gap",
                        "margin_train",
                        "margin_test",
                        "margin_optimum"));
        page.append(
                "<p>Training pictures are scored without augmentation, like test pictures. Margin: the logit of the correct class minus the mean of the other logits. With smoothing ε and N classes the loss is minimal at a margin of ln((1-ε+ε/N)/(ε/N)); plain cross-entropy has no finite optimum.</p>");
    }

    private void table(String label, List<String> heads, List<String> keys) {
        page.append(Html.scroll(label)).append("<table><tr><th>smoothing</th>");
        heads.forEach(h -> page.append("<th>").append(h).append("</th>"));
        page.append("</tr>");
        for (Row row : table.rows()) {
            page.append("<tr><td>").append(row.smoothing());
            keys.forEach(k -> page.append("</td><td>")
                    .append(row.figures().get(k).text(k.startsWith("margin") ? "%.2f" : "%.4f")));
            page.append("</td></tr>");
        }
        page.append("</table></div>");
    }

    private void figures() {
        page.append("<h2>By strength of smoothing</h2><div class=\"charts\">");
        chart(
                "error",
                Html::percent,
                "Test error <span class=\"key a\"></span>, training error <span class=\"key b\"></span>.",
                "error",
                "train_error");
        chart(
                "NLL, nats",
                Html::tenth,
                "Test NLL <span class=\"key a\"></span>, training NLL <span class=\"key b\"></span>.",
                "nll",
                "train_nll");
        chart(
                "ECE",
                Html::percent,
                "ECE before recalibration <span class=\"key a\"></span> and after <span class=\"key b\"></span>.",
                "ece",
                "ece_chosen");
        chart(
                "margin",
                Html::tenth,
                "Mean margin on the test part <span class=\"key a\"></span>, optimal margin <span class=\"key b\"></span>.",
                "margin_test",
                "margin_optimum");
        page.append("</div>");
    }

    private void chart(String name, DoubleFunction<String> text, String caption, String a, String b) {
        List<Row> rows = table.rows();
        double last = rows.stream().mapToDouble(Row::smoothing).max().orElse(1);
        double most = 0;
        for (Row row : rows) {
            for (String key : List.of(a, b)) {
                Spread s = row.figures().get(key);
                double high = s.mean() + (Double.isFinite(s.spread()) ? s.spread() : 0);
                most = Double.isFinite(high) ? Math.max(most, high) : most;
            }
        }
        Charts chart = new Charts(name + " by smoothing", 0, last, 0, most)
                .axes("smoothing", name, 4, 4, v -> String.format(Locale.ROOT, "%.3g", v), text);
        for (String key : List.of(a, b)) {
            List<double[]> points = new ArrayList<>();
            for (Row row : rows) {
                Spread s = row.figures().get(key);
                if (Double.isFinite(s.mean())) {
                    points.add(new double[] {row.smoothing(), s.mean()});
                }
                if (Double.isFinite(s.spread()) && s.spread() > 0) {
                    chart.whisker(row.smoothing(), s.mean() - s.spread(), s.mean() + s.spread());
                }
            }
            chart.line(key.equals(a) ? "a" : "b", points);
        }
        page.append("<figure>")
                .append(chart.svg())
                .append("<figcaption>")
                .append(caption)
                .append("</figcaption></figure>");
    }

    private void diagrams() {
        page.append("<h2>Reliability diagrams</h2><div class=\"charts\">");
        for (Row row : table.rows()) {
            JsonNode run = row.runs().get(0);
            String chosen = run.at("/recalibrated/chosen").asText("none");
            diagram(run.path("test"), "not recalibrated", row, run);
            if (!chosen.equals("none")) {
                diagram(run.path("recalibrated"), "recalibrated: " + chosen, row, run);
            }
        }
        page.append("</div>");
    }

    private void diagram(JsonNode of, String how, Row row, JsonNode run) {
        page.append("<figure>")
                .append(CalibrationCharts.reliability(of))
                .append("<figcaption>Smoothing ")
                .append(row.smoothing())
                .append(", seed ")
                .append(run.at("/training/seed").asLong())
                .append(", ")
                .append(how)
                .append(": ECE ")
                .append(Html.number(of.get("ece")))
                .append("</figcaption></figure>");
    }
}
