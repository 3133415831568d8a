package ai.softlabel.live;

import ai.softlabel.report.CalibrationCharts;
import ai.softlabel.report.Charts;
import ai.softlabel.report.Html;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The Training tab's charts by step and epoch, and the last epoch's reliability diagram. */
final class EpochCharts {
    private EpochCharts() {}

    /** The charts as HTML. */
    static String of(JsonNode state) {
        List<double[]> loss = new ArrayList<>();
        List<double[]> rate = new ArrayList<>();
        double highestLoss = 0;
        double highestRate = 0;
        for (JsonNode p : state.path("points")) {
            loss.add(new double[] {p.get(0).asDouble(), p.get(1).asDouble()});
            rate.add(new double[] {p.get(0).asDouble(), p.get(2).asDouble()});
            highestLoss = Math.max(highestLoss, p.get(1).asDouble());
            highestRate = Math.max(highestRate, p.get(2).asDouble());
        }
        List<double[]> mean = new ArrayList<>();
        List<double[]> error = new ArrayList<>();
        List<double[]> ece = new ArrayList<>();
        List<double[]> aurc = new ArrayList<>();
        double highest = 0;
        for (JsonNode e : state.path("epochs")) {
            double at = e.path("epoch").asDouble();
            mean.add(new double[] {at, e.path("loss").asDouble()});
            highestLoss = Math.max(highestLoss, e.path("loss").asDouble());
            if (e.at("/test/error").isNumber()) {
                error.add(new double[] {at, e.at("/test/error").asDouble()});
                ece.add(new double[] {at, e.at("/test/ece").asDouble()});
                // An older version's events have none.
                if (e.at("/test/aurc").isNumber()) {
                    aurc.add(new double[] {at, e.at("/test/aurc").asDouble()});
                }
                highest = Math.max(
                        highest,
                        Math.max(
                                e.at("/test/error").asDouble(),
                                e.at("/test/ece").asDouble()));
            }
        }
        int epochs = Math.max(1, state.at("/run/epochs").asInt());
        int steps = Math.min(epochs, 10);
        StringBuilder page = new StringBuilder("<div class=\"charts\">");
        figure(
                page,
                new Charts("loss", 0, epochs, 0, highestLoss)
                        .axes("epoch", "loss", steps, 4, Html::whole, Html::tenth)
                        .line("a", loss)
                        .line("b", mean),
                "Loss by step <span class=\"key a\"></span> and its mean over each epoch <span class=\"key b\"></span>.");
        figure(
                page,
                new Charts("learning rate", 0, epochs, 0, highestRate)
                        .axes(
                                "epoch",
                                "learning rate",
                                steps,
                                4,
                                Html::whole,
                                v -> String.format(Locale.ROOT, "%.1e", v))
                        .line("a", rate),
                "Learning rate.");
        if (!error.isEmpty()) {
            figure(
                    page,
                    new Charts("error, ECE and AURC", 0, epochs, 0, highest)
                            .axes("epoch", "share", steps, 4, Html::whole, Html::percent)
                            .line("a", error)
                            .line("b", ece)
                            .line("c", aurc),
                    "Test error <span class=\"key a\"></span>, ECE <span class=\"key b\"></span> and AURC <span class=\"key c\"></span>.");
        }
        if (state.at("/latest/bins").size() > 0) {
            page.append("<figure>")
                    .append(CalibrationCharts.reliability(state.path("latest")))
                    .append("<figcaption>Reliability diagram of the test part after epoch ")
                    .append(state.at("/latest/epoch").asInt())
                    .append(".</figcaption></figure>");
        }
        return page.append("</div>").toString();
    }

    private static void figure(StringBuilder page, Charts chart, String caption) {
        page.append("<figure>")
                .append(chart.svg())
                .append("<figcaption>")
                .append(caption)
                .append("</figcaption></figure>");
    }
}
