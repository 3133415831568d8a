package ai.softlabel.command.predict;

import ai.softlabel.JobException;

/**
 * The settings of {@code predict}, checked.
 *
 * @param model the run directory whose model is used
 * @param data path of the pictures, in any layout, or null for the built-in sample
 * @param out directory for the predictions
 * @param maxRejected largest accepted share of rejected pictures
 * @param replace whether to overwrite an earlier result of the command in {@code out}
 * @param topK number of classes written for each picture, at least 1
 * @param allProbabilities whether all logits and probabilities are written
 * @param resume whether to keep the partitions that an earlier predict in {@code out} finished
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
