package ai.softlabel.ml;

import java.util.List;

/** What training said of a model. */
public final class ImageClassificationSummary {
    private final List<Double> losses;
    private final String report;

    ImageClassificationSummary(List<Double> losses, String report) {
        this.losses = losses;
        this.report = report;
    }

    /** The mean training loss of each epoch, in nats. */
    public double[] objectiveHistory() {
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** The number of epochs. */
    public int totalIterations() {
        return losses.size();
    }

    /** The run's {@code report.json}. */
    public String report() {
        return report;
    }
}
