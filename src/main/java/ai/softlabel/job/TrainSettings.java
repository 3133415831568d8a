package ai.softlabel.job;

/**
 * The settings of {@code train}, checked. {@link Recipes} makes a recipe of them once data and cluster are known.
 *
 * @param data where the pictures are, or null for the built-in sample
 * @param out the run directory
 * @param split share of random testing: null for what the data suggests, 0 for its own lists
 * @param weights where pretrained weights are, or null for none
 * @param replicas number of replicas, or null for one a task slot
 * @param maxRejected most pictures that may be rejected, as a share
 * @param keep checkpoints kept
 * @param stepTimeout seconds that a step may take
 */
public record TrainSettings(
        String data,
        String out,
        long seed,
        int depth,
        int imageSize,
        int batchSize,
        Integer replicas,
        int epochs,
        int frozenEpochs,
        double smoothing,
        Double split,
        double validation,
        String weights,
        double rate,
        double headFactor,
        boolean cycle,
        double momentum,
        double weightDecay,
        double minScale,
        double maxRejected,
        boolean resume,
        int keep,
        double stepTimeout) {}
