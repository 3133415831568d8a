package ai.softlabel.command.predict;

import ai.softlabel.JobException;

/**
 * The settings of {@code predict}, checked.
 *
 * @param model the run directory whose model is asked
 * @param data where the pictures are, in any layout, or null for the built-in sample
 * @param out where the predictions go
 * @param maxRejected most pictures that may be rejected, as a share
 * @param replace whether an earlier result of the command in {@code out} is written over
 * @param topK how many classes of each picture are written, at least 1
 * @param allProbabilities whether all logits and probabilities are written
 * @param resume whether the partitions that an earlier predict in {@code out} finished are kept
 */
public record PredictSettings(
        String model,
        String data,
        String out,
        double maxRejected,
        boolean replace,
        int topK,
        boolean allProbabilities,
        boolean resume) {
    public PredictSettings {
        if (replace && resume) {
            throw JobException.options("expected --replace or --resume, found both; leave one of them out");
        }
    }
}
