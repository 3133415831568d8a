package ai.softlabel.pipeline;

import ai.softlabel.Sha256;
import ai.softlabel.train.Augmentation;
import ai.softlabel.train.Fingerprint;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import ai.softlabel.train.Recipe;
import java.util.Map;

/**
 * The hashes that version 0.1 wrote, over its records' toString, so that its checkpoints and studies can still be
 * resumed. For settings that 0.1 did not have, the hash matches none that it wrote.
 */
public final class LegacyFingerprint {
    private LegacyFingerprint() {}

    /** A checkpoint's. */
    static String checkpoint(Recipe recipe, String data, String weights) {
        return Sha256.of(
                text(recipe.hyperparameters(), recipe.classes(), recipe.replicas(), recipe.seed(), recipe.smoothing())
                        + data
                        + weights);
    }

    /** The hash of a study's settings, without its smoothing and seeds. */
    public static String study(TrainingSetup s, int folds, int patience, int keep, String experiments) {
        return Sha256.of("TrainSettings[data=" + s.data() + ", out=, split=" + s.split() + ", validation="
                + s.validation().text() + ", folds=" + folds + ", weights=" + s.weights() + ", replicas=" + s.replicas()
                + ", recipe=" + text(s.hyperparameters(), 0, 0, 0, 0) + ", patience=" + patience + ", maxRejected="
                + s.maxRejected() + ", resume=true, keep=" + keep + ", stepTimeout=" + s.stepTimeout() + ", testFlip="
                + s.testFlip() + ", experiments=" + experiments + ", scoreTraining=true]");
    }

    private static String text(Hyperparameters h, int classes, int replicas, long seed, double smoothing) {
        Augmentation a = h.augmentation();
        Optimization o = h.optimization();
        Map<String, String> later = Fingerprint.later(h);
        return "Recipe[depth=" + h.architecture().replaceFirst("^resnet", "") + ", classes=" + classes + ", imageSize="
                + h.imageSize() + ", testSize="
                + h.testSizes().text() + ", batchSize=" + h.batchSize() + ", replicas=" + replicas + ", epochs="
                + h.epochs()
                + ", frozenEpochs=" + h.frozenEpochs() + ", headPasses=" + h.headPasses() + ", normFrozen="
                + h.frozenNorm() + ", seed=" + seed + ", smoothing=" + smoothing
                + ", augmentation=Augmentation[minScale="
                + a.minScale() + ", mixup=" + a.mixup() + ", cutmix=" + a.cutmix() + ", dropout=" + a.dropout()
                + ", views=" + a.views() + "], optimization=Optimization[optimizer=" + o.optimizer() + ", schedule="
                + o.schedule() + ", rate=" + o.rate() + ", frozenRate=" + o.frozenRate() + ", earlyFactor="
                + o.earlyFactor() + ", headFactor=" + o.headFactor() + ", momentum=" + o.momentum() + ", warmUp="
                + o.warmUp() + ", weightDecay=" + o.weightDecay() + ", clipNorm=" + o.clipNorm() + ", average="
                + o.average() + ", accumulate=" + o.accumulate() + ", exchange=" + o.exchange()
                + "], normalization=Normalization[mean=" + h.normalization().mean() + ", deviation="
                + h.normalization().deviation() + "]]"
                + (later.isEmpty() ? "" : later);
    }
}
