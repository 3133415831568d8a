package ai.softlabel.report;

import ai.softlabel.run.ConfusionCell;
import ai.softlabel.run.PredictionFiles;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code report.html}: the results of a training or an evaluation on one self-contained page. It shows the content of
 * {@code report.json}.
 */
public final class HtmlReport {
    private static final int CONFUSIONS = 15;

    private final JsonNode report;
    private final StringBuilder page = new StringBuilder();

    private HtmlReport(JsonNode report) {
        this.report = report;
    }

    /** The page. */
    public static String of(
            JsonNode report, List<JsonNode> epochs, List<ConfusionCell> confusions, List<Misclassification> mistakes) {
        HtmlReport html = new HtmlReport(report);
        html.head();
        html.figures();
        html.page.append(TrainingCharts.of(report, epochs));
        html.calibration();
        html.page
                .append(TrustSection.scores(report))
                .append(TrustSection.sets(report))
                .append(SliceTable.of(report))
                .append(ShiftCharts.of(report));
        html.confusions(confusions);
        html.mistakes(mistakes);
        html.partitions();
        html.settings();
        html.page.append(TimeSection.of(report));
        return html.page.append(Html.close()).toString();
    }

    private void head() {
        String how = report.has("training")
                ? String.format(
                        Locale.ROOT,
                        ", %s, seed %d.",
                        report.at("/training/loss").asText(),
                        report.at("/training/seed").asLong())
                : ", model of " + report.at("/model/weights").asText() + ".";
        page.append(Html.open(report.has("training") ? "Softlabel run" : "Softlabel evaluation"))
                .append("<p>")
                .append(Html.escape(String.format(
                        Locale.ROOT,
                        "%s at %d, %s%s",
                        report.at("/model/architecture").asText(),
                        report.at("/model/image_size").asInt(),
                        report.at("/data/path").asText(),
                        how)))
                .append("</p>")
                .append(TrustSection.first(report));
    }

    private void figures() {
        JsonNode test = report.get("test");
        page.append("<h2>Results on ")
                .append(test.get("count").asLong())
                .append(" test pictures</h2>" + Html.scroll("Figures")
                        + "<table><tr><th>figure</th><th>value</th><th>95 % interval</th></tr>");
        for (Map.Entry<String, String> f : List.of(
                Map.entry("error", "error"),
                Map.entry("top5_error", "top-5 error"),
                Map.entry("nll", "NLL, nats"),
                Map.entry("brier", "Brier score"),
                Map.entry("ece", "ECE, 15 bins"),
                Map.entry("ece_equal_mass", "ECE, equal mass"),
                Map.entry("ece_classwise", "ECE, class-wise"),
                Map.entry("ece_debiased", "ECE, debiased L2"),
                Map.entry("smooth_ece", "smooth ECE"),
                Map.entry("corp_miscalibration", "miscalibration (CORP, Brier score)"),
                Map.entry("corp_discrimination", "discrimination (CORP, Brier score)"),
                Map.entry("corp_uncertainty", "uncertainty (CORP, Brier score)"),
                Map.entry("mce", "MCE"),
                Map.entry("auroc", "AUROC of confidence"),
                Map.entry("mean_confidence", "mean confidence"),
                Map.entry("aurc", "AURC"),
                Map.entry("aurc_excess", "excess AURC"),
                Map.entry("risk_at_80", "error at 80 % coverage"),
                Map.entry("balanced_error", "balanced error (mean over classes)"),
                Map.entry("macro_f1", "macro F1 (mean over classes)"))) {
            JsonNode limits = test.at("/intervals/" + f.getKey());
            page.append("<tr><td>")
                    .append(f.getValue())
                    .append("</td><td>")
                    .append(Html.number(test.get(f.getKey())))
                    .append("</td><td>")
                    .append(limits.size() == 2 ? Html.interval(limits) : "")
                    .append("</td></tr>");
        }
        page.append("</table></div><p>ECE if perfectly calibrated (95th percentile): ")
                .append(Html.number(test.get("ece_if_calibrated")))
                .append(". A smaller ECE is no sign of miscalibration.</p>");
    }

    private void calibration() {
        JsonNode test = report.get("test");
        page.append("<h2>Calibration</h2><div class=\"charts\"><figure>")
                .append(CalibrationCharts.reliability(test))
                .append(
                        "<figcaption>Reliability diagram before recalibration. Dashed: perfect calibration; vertical lines: 95 %")
                .append(" intervals. Bars below the dashed line mean over-confidence.</figcaption></figure><figure>");
        String chosen = report.at("/recalibrated/chosen").asText("none");
        if (!chosen.equals("none")) {
            page.append(CalibrationCharts.reliability(report.path("recalibrated")))
                    .append("<figcaption>Reliability diagram after recalibration (")
                    .append(chosen)
                    .append(").</figcaption></figure><figure>");
        }
        if (test.has("reliability")) {
            page.append(CalibrationCharts.curves(test))
                    .append(
                            "<figcaption>Reliability without bins, before recalibration: <span class=\"key a\"></span> smoothed, <span class=\"key b\"></span> by isotonic regression (CORP).</figcaption></figure><figure>");
        }
        if (report.path("recalibrated").has("reliability")) {
            page.append(CalibrationCharts.curves(report.path("recalibrated")))
                    .append("<figcaption>The same after recalibration (")
                    .append(chosen)
                    .append(").</figcaption></figure><figure>");
        }
        page.append(CalibrationCharts.histogram(test))
                .append("<figcaption>Histogram of confidence.</figcaption></figure><figure>")
                .append(CalibrationCharts.riskCoverage(test))
                .append("<figcaption>")
                .append(CalibrationCharts.sentence(test))
                .append("</figcaption></figure></div>");
        recalibrated();
    }

    private void recalibrated() {
        JsonNode r = report.path("recalibrated");
        if (r.isMissingNode()) {
            page.append("<p>Not recalibrated: no validation part was held out.</p>");
            return;
        }
        if (!r.has("methods")) {
            page.append("<p>Recalibrated as the run was: ")
                    .append(r.get("chosen").asText())
                    .append(".</p>");
            return;
        }
        page.append("<h3>Recalibration</h3><p>Fitted on ")
                .append(
                        report.has(PredictionFiles.CROSS_FITTED)
                                ? report.at("/" + PredictionFiles.CROSS_FITTED + "/count")
                                                .asLong()
                                        + " training pictures by cross-fitting ("
                                        + report.at("/training/folds").asInt() + " folds)"
                                : report.at("/data/validation").asLong() + " validation pictures")
                .append("; the method is chosen by cross-validated NLL on them. The figures are of the test part.</p>"
                        + Html.scroll("Recalibration methods")
                        + "<table><tr><th>method</th><th>validation NLL</th><th>test NLL</th><th>ECE</th>"
                        + "<th>ECE if perfectly calibrated (95th percentile)</th><th>error</th></tr>");
        r.path("methods").properties().forEach(m -> {
            boolean chosen = m.getKey().equals(r.get("chosen").asText());
            page.append(chosen ? "<tr class=\"chosen\"><td>" : "<tr><td>")
                    .append(m.getKey())
                    .append(chosen ? " (chosen)" : "");
            for (String f : List.of("validation_nll", "nll", "ece", "ece_if_calibrated", "error")) {
                page.append("</td><td>").append(Html.number(m.getValue().get(f)));
            }
            page.append("</td></tr>");
        });
        page.append("</table></div>");
    }

    private void confusions(List<ConfusionCell> all) {
        List<ConfusionCell> wrong = all.stream()
                .filter(c -> !c.label().equals(c.predicted()))
                .sorted(Comparator.comparingLong(ConfusionCell::count)
                        .reversed()
                        .thenComparing(ConfusionCell::label)
                        .thenComparing(ConfusionCell::predicted))
                .limit(CONFUSIONS)
                .toList();
        page.append("<h2>Confusion matrix</h2><div class=\"matrix\">")
                .append(ConfusionMatrix.svg(all))
                .append(
                        "</div><p>Rows: correct class; columns: predicted class; the classes with the most errors first. Shading shows errors only.</p>");
        page.append(Html.scroll("Most frequent confusions")
                + "<table><tr><th>correct class</th><th>predicted class</th><th>count</th></tr>");
        wrong.forEach(c -> page.append("<tr><td>")
                .append(Html.escape(c.label()))
                .append("</td><td>")
                .append(Html.escape(c.predicted()))
                .append("</td><td>")
                .append(c.count())
                .append("</td></tr>"));
        page.append("</table></div>");
    }

    private void mistakes(List<Misclassification> mistakes) {
        if (mistakes.isEmpty()) {
            return;
        }
        page.append("<h2>Most confident errors</h2><div class=\"pictures\">");
        for (Misclassification m : mistakes) {
            page.append("<figure><img alt=\"")
                    .append(Html.escape(m.path()))
                    .append("\" src=\"data:image/jpeg;base64,")
                    .append(Base64.getEncoder().encodeToString(m.jpeg()))
                    .append("\"><figcaption>")
                    .append(Html.escape(m.label()))
                    .append(", predicted: ")
                    .append(Html.escape(m.predicted()))
                    .append(String.format(Locale.ROOT, " (%.1f %%)", 100 * m.confidence()))
                    .append("</figcaption></figure>");
        }
        page.append("</div>");
    }

    private void partitions() {
        page.append(
                "<h2>By partition</h2>" + Html.scroll("Partitions")
                        + "<table><tr><th>partition</th><th>host</th><th>count</th><th>error</th><th>NLL</th><th>ECE</th></tr>");
        for (JsonNode p : report.get("partitions")) {
            page.append("<tr><td>")
                    .append(p.get("id").asInt())
                    .append("</td><td>")
                    .append(Html.escape(p.get("host").asText()))
                    .append("</td><td>")
                    .append(p.get("count").asLong());
            for (String f : List.of("error", "nll", "ece")) {
                page.append("</td><td>").append(Html.number(p.get(f)));
            }
            page.append("</td></tr>");
        }
        page.append("</table></div>");
    }

    private void settings() {
        page.append("<h2>Settings and data</h2><table class=\"long\">");
        for (String path : List.of(
                "/version",
                "/git",
                "/spark/version",
                "/spark/master",
                "/spark/executors",
                "/spark/cores",
                "/data/split",
                "/data/train",
                "/data/validation",
                "/data/test",
                "/data/rejected",
                "/data/fingerprint",
                "/model/parameters",
                "/model/weights",
                "/training/epochs",
                "/training/kept_epoch",
                "/training/kept_by",
                "/training/steps",
                "/training/batch_size",
                "/training/replicas",
                "/training/seconds",
                "/training/images_per_second",
                "/memory/peak_resident_bytes")) {
            if (report.at(path).isMissingNode()) {
                continue;
            }
            page.append("<tr><td>")
                    .append(path.substring(1).replace('/', ' ').replace('_', ' '))
                    .append("</td><td>")
                    .append(Html.escape(report.at(path).asText()))
                    .append("</td></tr>");
        }
        page.append("</table>");
    }
}
