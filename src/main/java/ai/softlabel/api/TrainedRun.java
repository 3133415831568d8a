package ai.softlabel.api;

import java.util.List;

/**
 * A finished training.
 *
 * @param uri the run directory, which {@link Classifier#load} takes
 * @param classes the classes in the order of their labels
 * @param objectiveHistory the mean training loss of each epoch, in nats
 */
public record TrainedRun(String uri, List<String> classes, List<Double> objectiveHistory) {
    public TrainedRun {
        classes = List.copyOf(classes);
        objectiveHistory = List.copyOf(objectiveHistory);
    }
}
