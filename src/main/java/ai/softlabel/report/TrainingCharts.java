package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report's charts by epoch. */
final class TrainingCharts {
    private TrainingCharts() {}

    /** The section; empty without epochs. */
    static String of(JsonNode report, List<JsonNode> epochs) {
        if (epochs.isEmpty()) {
            return "";
        }
        StringBuilder page = new StringBuilder();
        List<double[]> loss = new ArrayList<>();
        List<double[]> error = new ArrayList<>();
        List<double[]> ece = new ArrayList<>();
        for (JsonNode e : epochs) {
            loss.add(new double[] {e.get("epoch").asDouble(), e.get("loss").asDouble()});
            error.add(
                    new double[] {e.get("epoch").asDouble(), e.at("/test/error").asDouble()});
            ece.add(new double[] {e.get("epoch").asDouble(), e.at("/test/ece").asDouble()});
        }
        int last = Math.max(2, epochs.size());
        double least = report.at("/training/minimum_loss").asDouble();
        double most = loss.stream().mapToDouble(p -> p[1]).max().orElse(1);
        int steps = Math.min(last - 1, 10);
        page.append("<h2>Training</h2><div class=\"charts\"><figure>")
                .append(new Charts("training loss by epoch", 1, last, 0, most)
                        .axes("epoch", "loss", steps, 4, Html::whole, Html::tenth)
                        .dashed(1, least, last, least)
                        .line("a", loss)
                        .svg())
                .append("<figcaption>Mean training loss; dashed: the minimum of the loss (")
                .append(String.format(Locale.ROOT, "%.3f", least))
                .append(").</figcaption></figure><figure>")
                .append(new Charts(
                                "test error and ECE by epoch",
                                1,
                                last,
                                0,
                                error.stream().mapToDouble(p -> p[1]).max().orElse(1))
                        .axes("epoch", "share", steps, 4, Html::whole, Html::percent)
                        .line("a", error)
                        .line("b", ece)
                        .svg())
                .append(
                        "<figcaption><span class=\"key a\"></span> test error, <span class=\"key b\"></span> ECE.</figcaption></figure>");
        return page.append(refinement(report, epochs)).append("</div>").toString();
    }

    /** NLL by epoch before and after a temperature; empty where that did not choose the epoch. */
    static String refinement(JsonNode report, List<JsonNode> epochs) {
        List<double[]> plain = new ArrayList<>();
        List<double[]> refined = new ArrayList<>();
        for (JsonNode e : epochs) {
            JsonNode after = e.at("/validation/nll_after_temperature");
            if (after.isNumber()) {
                plain.add(new double[] {
                    e.get("epoch").asDouble(), e.at("/validation/nll").asDouble()
                });
                refined.add(new double[] {e.get("epoch").asDouble(), after.asDouble()});
            }
        }
        if (refined.isEmpty()) {
            return "";
        }
        int last = Math.max(2, epochs.size());
        double most = plain.stream().mapToDouble(p -> p[1]).max().orElse(1);
        String svg = new Charts("validation NLL by epoch", 1, last, 0, most)
                .axes("epoch", "NLL, nats", Math.min(last - 1, 10), 4, Html::whole, Html::hundredth)
                .line("a", plain)
                .line("b", refined)
                .svg();
        return "<figure>" + svg
                + "<figcaption>Validation NLL: <span class=\"key a\"></span> as trained, <span class=\"key b\"></span> after the best temperature. Epoch "
                + report.at("/training/kept_epoch").asInt() + " was kept.</figcaption></figure>";
    }
}
