package ai.softlabel.command.predict;

import ai.softlabel.JobException;
import ai.softlabel.pipeline.EngineChoice;

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
 * @param limits when to abstain, and the coverage of prediction sets
 * @param watch whether {@code data} is a folder that pictures come into, which are classified until the job is stopped
 * @param engine what computes the network
 */
public record PredictSettings(
        String model,
        String data,
        String out,
        double maxRejected,
        boolean replace,
        int topK,
        boolean allProbabilities,
        boolean resume,
        Limits limits,
        boolean watch,
        EngineChoice engine) {
    /**
     * What answers must hold to.
     *
     * @param maxError largest error among the answered pictures, in (0, 1), or null
     * @param minCoverage least share of the pictures that is answered, in (0, 1), or null
     * @param coverage probability with which a prediction set holds the label, in (0, 1), or null for no sets
     */
    public record Limits(Double maxError, Double minCoverage, Double coverage) {
        /** Every picture is answered, by one class. */
        public static final Limits NONE = new Limits(null, null, null);

        public Limits {
            if (maxError != null && minCoverage != null) {
                throw JobException.options(
                        "expected --max-error or --min-coverage, found both; the threshold follows from one of them, leave the other out");
            }
        }

        boolean abstains() {
            return maxError != null || minCoverage != null;
        }

        /** For the plan by which a stopped run goes on. */
        String text() {
            return this.equals(NONE) ? "" : maxError + "," + minCoverage + "," + coverage;
        }
    }

    /** Without limits. */
    public PredictSettings(
            String model,
            String data,
            String out,
            double maxRejected,
            boolean replace,
            int topK,
            boolean allProbabilities,
            boolean resume) {
        this(model, data, out, maxRejected, replace, topK, allProbabilities, resume, Limits.NONE);
    }

    /** Of pictures that are there. */
    public PredictSettings(
            String model,
            String data,
            String out,
            double maxRejected,
            boolean replace,
            int topK,
            boolean allProbabilities,
            boolean resume,
            Limits limits) {
        this(model, data, out, maxRejected, replace, topK, allProbabilities, resume, limits, false, EngineChoice.BIGDL);
    }

    public PredictSettings {
        if (replace && resume) {
            throw JobException.options("expected --replace or --resume, found both; leave one of them out");
        }
    }
}
