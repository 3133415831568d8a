package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code report.html} of a model that gives a picture several labels. It shows the content of {@code report.json}. */
public final class LabelsPage {
    private static final String CELL = "</td><td>";

    private LabelsPage() {}

    /** The page. */
    public static String of(JsonNode report, List<JsonNode> epochs) {
        JsonNode labels = report.get("labels");
        StringBuilder page = new StringBuilder(
                Html.open(report.has("training") ? "Softlabel run of several labels" : "Softlabel evaluation"));
        page.append("<p>")
                .append(Html.escape(String.format(
                        Locale.ROOT,
                        "%s at %d, %s, %s.",
                        report.at("/model/architecture").asText(),
                        report.at("/model/image_size").asInt(),
                        report.at("/data/path").asText(),
                        report.has("training")
                                ? report.at("/training/loss").asText()
                                : "model of " + report.at("/model/weights").asText())))
                .append("</p><h2>Results on ")
                .append(labels.get("count").asLong())
                .append(" test pictures</h2>" + Html.scroll("Figures")
                        + "<table><tr><th>figure</th><th>value</th></tr>");
        for (Map.Entry<String, String> f : List.of(
                Map.entry("/map_macro", "mAP, mean over labels (macro)"),
                Map.entry("/map_micro", "average precision over all pairs (micro)"),
                Map.entry("/macro/f1", "F1, macro"),
                Map.entry("/macro/precision", "precision, macro"),
                Map.entry("/macro/recall", "recall, macro"),
                Map.entry("/micro/f1", "F1, micro"),
                Map.entry("/micro/precision", "precision, micro"),
                Map.entry("/micro/recall", "recall, micro"),
                Map.entry("/nll", "NLL, nats, mean over labels"),
                Map.entry("/nll_plain", "NLL before recalibration"),
                Map.entry("/ece", "ECE, 15 bins, mean over labels"),
                Map.entry("/ece_plain", "ECE before recalibration"))) {
            row(page, f.getValue(), Html.number(labels.at(f.getKey())));
        }
        page.append("</table></div><p>").append(recalibrated(report)).append("</p>");
        each(page, labels.get("each"));
        if (!epochs.isEmpty()) {
            epochs(page, epochs);
            page.append("<div class=\"charts\">")
                    .append(TrainingCharts.refinement(report, epochs))
                    .append("</div>");
        }
        return page.append(TimeSection.of(report)).append(Html.close()).toString();
    }

    private static String recalibrated(JsonNode report) {
        JsonNode labels = report.get("labels");
        if (!report.has("training")) {
            return "Recalibrated as the run was (" + labels.get("chosen").asText() + "), with the run's thresholds.";
        }
        if (!labels.has("methods")) {
            return "Not recalibrated, and every threshold is 0.5: no validation part was held out.";
        }
        StringBuilder nll = new StringBuilder();
        labels.get("methods").properties().forEach(m -> nll.append(nll.isEmpty() ? "" : ", ")
                .append(m.getKey())
                .append(' ')
                .append(Html.number(m.getValue().get("validation_nll"))));
        return "Recalibrated label by label (" + labels.get("chosen").asText()
                + "), on pictures that were held out; the thresholds have the largest F1 on them. Cross-validated NLL: "
                + nll + ".";
    }

    private static void each(StringBuilder page, JsonNode each) {
        page.append("<h2>Labels</h2>" + Html.scroll("Labels") + "<table><tr><th>label</th><th>pictures</th>"
                + "<th>average precision</th><th>threshold</th><th>precision</th><th>recall</th><th>F1</th>"
                + "<th>ECE</th><th>ECE before</th></tr>");
        each.properties().forEach(e -> {
            JsonNode n = e.getValue();
            page.append("<tr><td>")
                    .append(Html.escape(e.getKey()))
                    .append(CELL)
                    .append(n.get("count").asLong());
            for (String f :
                    List.of("average_precision", "threshold", "precision", "recall", "f1", "ece", "ece_plain")) {
                page.append(CELL).append(Html.number(n.get(f)));
            }
            page.append("</td></tr>");
        });
        page.append("</table></div>");
    }

    private static void epochs(StringBuilder page, List<JsonNode> epochs) {
        page.append("<h2>Training</h2><p>Error and NLL are of the decisions on single labels, at 0.5.</p>"
                + Html.scroll("Epochs") + "<table><tr><th>epoch</th><th>loss</th><th>error</th><th>NLL</th></tr>");
        for (JsonNode e : epochs) {
            page.append("<tr><td>").append(e.get("epoch").asInt());
            for (String f : List.of("/loss", "/test/error", "/test/nll")) {
                page.append(CELL).append(Html.number(e.at(f)));
            }
            page.append("</td></tr>");
        }
        page.append("</table></div>");
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("<tr><td>").append(name).append(CELL).append(value).append("</td></tr>");
    }
}
