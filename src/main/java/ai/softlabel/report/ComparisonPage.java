package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** The page of {@code compare}: runs side by side, with their curves by epoch and their reliability diagrams. */
public final class ComparisonPage {
    private static final List<String> COLOURS = List.of("a", "b", "c", "d", "e");

    private final Comparison comparison;
    private final StringBuilder page = new StringBuilder();

    private ComparisonPage(Comparison comparison) {
        this.comparison = comparison;
    }

    /** The page. */
    public static String of(Comparison comparison) {
        ComparisonPage html = new ComparisonPage(comparison);
        html.head();
        html.curves();
        html.diagrams();
        return html.page.append(Html.close()).toString();
    }

    private void head() {
        page.append(Html.open("Softlabel runs compared"));
        comparison
                .notes()
                .forEach(n -> page.append("<p>").append(Html.escape(n)).append("</p>"));
        page.append("<h2>Figures on the test part</h2>");
        table("Figures", comparison.figures());
        page.append(
                "<p>Recal.: after recalibration. ECE if cal.: the 95th percentile of the ECE that a perfectly calibrated model would have on the same number of pictures with the recalibrated confidences; a smaller ECE is no sign of miscalibration. AURC: area under the risk-coverage curve. Seconds: of the training.</p>");
        intervals();
        page.append("<h2>Settings that differ</h2>");
        List<List<String>> differences = comparison.differences();
        if (differences.size() == 1) {
            page.append("<p>None.</p>");
        } else {
            table("Settings", differences);
        }
    }

    private void intervals() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("run", "error", "NLL", "ECE", "AURC"));
        for (int i = 0; i < comparison.runs().size(); i++) {
            List<String> row = new ArrayList<>(List.of(comparison.names().get(i)));
            for (String figure : List.of("error", "nll", "ece", "aurc")) {
                JsonNode limits = comparison.runs().get(i).report().at("/test/intervals/" + figure);
                row.add(limits.size() == 2 ? Html.interval(limits) : "–");
            }
            rows.add(row);
        }
        page.append("<h3>95 % intervals, before recalibration</h3>");
        table("Intervals", rows);
    }

    private void table(String label, List<List<String>> rows) {
        page.append(Html.scroll(label)).append("<table>");
        for (int i = 0; i < rows.size(); i++) {
            String cell = i == 0 ? "th" : "td";
            page.append("<tr>");
            rows.get(i).forEach(text -> page.append('<')
                    .append(cell)
                    .append('>')
                    .append(Html.escape(text))
                    .append("</")
                    .append(cell)
                    .append('>'));
            page.append("</tr>");
        }
        page.append("</table></div>");
    }

    private void curves() {
        if (comparison.runs().stream().allMatch(r -> r.epochs().isEmpty())) {
            return;
        }
        page.append("<h2>By epoch</h2><p>");
        for (int i = 0; i < comparison.runs().size(); i++) {
            page.append("<span class=\"key ")
                    .append(style(i))
                    .append("\"></span> ")
                    .append(Html.escape(comparison.names().get(i)))
                    .append(i >= COLOURS.size() ? " (dashed)" : "")
                    .append(" &nbsp; ");
        }
        page.append("</p><div class=\"charts\">");
        chart("training loss", "/loss", Html::tenth);
        chart("test error", "/test/error", Html::percent);
        chart("test NLL, nats", "/test/nll", Html::tenth);
        chart("test ECE", "/test/ece", Html::percent);
        chart("test AURC", "/test/aurc", Html::percent);
        page.append("</div>");
    }

    private void chart(String name, String pointer, DoubleFunction<String> text) {
        List<List<double[]>> lines = new ArrayList<>();
        double last = 2;
        double most = 0;
        for (ComparedRun run : comparison.runs()) {
            List<double[]> points = new ArrayList<>();
            for (JsonNode epoch : run.epochs()) {
                JsonNode value = epoch.at(pointer);
                if (value.isNumber() && epoch.path("epoch").isNumber()) {
                    points.add(new double[] {epoch.get("epoch").asDouble(), value.asDouble()});
                    last = Math.max(last, epoch.get("epoch").asDouble());
                    most = Math.max(most, value.asDouble());
                }
            }
            lines.add(points);
        }
        if (lines.stream().allMatch(List::isEmpty)) {
            return;
        }
        // Whole steps, so that each label is an epoch.
        int every = (int) Math.ceil((last - 1) / 10);
        int steps = (int) Math.ceil((last - 1) / every);
        Charts chart = new Charts(name + " by epoch", 1, 1 + (double) every * steps, 0, most)
                .axes("epoch", name, steps, 4, Html::whole, text);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isEmpty()) {
                chart.line(style(i), lines.get(i));
            }
        }
        page.append("<figure>")
                .append(chart.svg())
                .append("<figcaption>")
                .append(name)
                .append("</figcaption></figure>");
    }

    private static String style(int run) {
        return COLOURS.get(run % COLOURS.size()) + (run >= COLOURS.size() ? " later" : "");
    }

    private void diagrams() {
        page.append("<h2>Reliability diagrams</h2><div class=\"charts\">");
        for (int i = 0; i < comparison.runs().size(); i++) {
            ComparedRun run = comparison.runs().get(i);
            diagram(run.report().path("test"), comparison.names().get(i) + ", not recalibrated");
            if (!run.recalibration().equals("none")) {
                diagram(run.recalibrated(), comparison.names().get(i) + ", recalibrated: " + run.recalibration());
            }
        }
        page.append("</div>");
    }

    private void diagram(JsonNode of, String caption) {
        if (of.has("bins")) {
            page.append("<figure>")
                    .append(CalibrationCharts.reliability(of))
                    .append("<figcaption>")
                    .append(Html.escape(caption))
                    .append(": ECE ")
                    .append(Html.number(of.get("ece")))
                    .append("</figcaption></figure>");
        }
    }
}
