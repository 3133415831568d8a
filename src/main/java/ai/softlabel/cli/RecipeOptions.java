package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.cli.Command.Common;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.Storing;
import ai.softlabel.network.Architectures;
import ai.softlabel.network.ResNet;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.Augmentation;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import ai.softlabel.train.Wire;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The options that every command takes that runs training steps: data, network, optimiser, augmentation. */
final class RecipeOptions {
    private RecipeOptions() {}

    /** All, with those on labels. */
    static List<Option> all() {
        return Stream.of(settings(), LabelOptions.LABELS, List.of(LabelOptions.SEPARATOR), LabelOptions.BALANCING)
                .flatMap(List::stream)
                .toList();
    }

    private static List<Option> settings() {
        return List.of(
                Common.DATA,
                Common.OUT,
                Common.MASTER,
                Common.PROFILE,
                Common.SEED,
                new Option("architecture", "NAME", "resnet18", "network, see softlabel --help"),
                new Option("depth", "N", null, "short for --architecture resnetN"),
                new Option("weights", "FILE|none", "none", "pretrained safetensors with torchvision's names"),
                new Option("image-size", "N", "128", "side of the input pictures in pixels, 64 to 512"),
                new Option("batch-size", "N", "32", "pictures per step, over all replicas"),
                new Option("accumulate", "N", "1", "micro-batches that make up one step").asBrief(),
                new Option("replicas", "N", null, "replicas of the model (default: the task slots)"),
                new Option("exchange", "NAME", "float32", "format between executors: float32 or bfloat16").asBrief(),
                new Option("loss", "NAME", "label-smoothing", "loss, see softlabel --help"),
                new Option("smoothing", "E", "0.1", "label smoothing in [0,1); 0 is plain cross-entropy"),
                LabelOptions.SPLIT,
                Common.VALIDATION,
                new Option("optimizer", "NAME", "sgd", "sgd (Nesterov), adamw or lars"),
                new Option("head-lr-factor", "F", "10", "head's learning rate as a multiple of the body's"),
                new Option("early-lr-factor", "F", "1", "rate of stem and early stages, times the body's").asBrief(),
                new Option("stage-lr-factor", "F", "1", "rate of each stage, times the next one's").asBrief(),
                new Option("momentum", "M", "0.9", "momentum; one-cycle sets its own"),
                new Option("weight-decay", "D", "1e-4", "weight decay, not on BatchNorm and biases"),
                new Option("head-weight-decay", "D", null, "head's weight decay (default: weight-decay)").asBrief(),
                new Option("l2-sp", null, "false", "decay the body towards --weights").asBrief(),
                new Option("clip-norm", "X", "0", "gradient norm to clip to; 0 is off").asBrief(),
                new Option("dropout", "F", "0", "dropout rate before the head"),
                new Option("mixup", "A", "0", "mixup alpha; 0 is off").asBrief(),
                new Option("cutmix", "A", "0", "CutMix alpha; 0 is off").asBrief(),
                new Option("min-scale", "F", "0.35", "smallest area of a random crop, as a share"),
                Common.MAX_REJECTED,
                new Option("decode", "NAME", "full", "full, or scaled: large JPEGs at 1/2, 1/4 or 1/8").asBrief(),
                new Option("store", "FORM[:MB]", "auto", "pictures decoded, encoded or auto; MB to shuffle in")
                        .asBrief(),
                new Option("store-size", "N", null, "short side to store for crops (default: as scoring)").asBrief(),
                new Option("step-timeout", "S", "600", "longest time for one step, in seconds").asBrief(),
                new Option(
                                "wait-for-executors",
                                "MIN",
                                "0",
                                "minutes to wait for lost executors before going on with fewer; 0: the run ends")
                        .asBrief());
    }

    static TrainingSetup.Builder setup(Values v, Hyperparameters hyperparameters) {
        String weights = v.needed("weights");
        return TrainingSetup.builder()
                .data(SettingsReader.data(v))
                .labels(LabelOptions.read(v))
                .split(LabelOptions.split(v))
                .way(LabelOptions.way(v))
                .balancing(LabelOptions.balancing(v))
                .validation(LabelOptions.heldOut(v))
                .weights(weights.equals("none") ? null : weights)
                .replicas(v.text("replicas") == null ? null : v.integer("replicas", 1, Integer.MAX_VALUE))
                .hyperparameters(hyperparameters)
                .maxRejected(SettingsReader.rejected(v))
                .stepTimeout(SettingsReader.positive(v, "step-timeout"))
                .waitForExecutors(60 * v.number("wait-for-executors", 0, Double.POSITIVE_INFINITY))
                .storing(Storing.parse(v.needed("store"))
                        .orElseThrow(() -> v.wrong(
                                "store",
                                "decoded, encoded or auto, with a colon and a number of MB from 1 or without")));
    }

    /** The hyperparameters that all training commands share. */
    static Hyperparameters.Builder hyperparameters(Values v) {
        int imageSize = v.integer("image-size", 64, 512);
        return Hyperparameters.builder()
                .architecture(architecture(v))
                .imageSize(imageSize)
                .storeSize(storeSize(v, imageSize))
                .decoding(Decoding.of(v.oneOf("decode", Decoding.WORDS.toArray(String[]::new))))
                .batchSize(v.integer("batch-size", 1, Integer.MAX_VALUE))
                .seed(v.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE))
                .augmentation(augmentation(v, v.text("views") == null ? 1 : v.integer("views", 1, Integer.MAX_VALUE)));
    }

    private static int storeSize(Values v, int least) {
        return v.text("store-size") == null ? 0 : v.integer("store-size", least, Hyperparameters.MOST_STORED);
    }

    static Augmentation augmentation(Values v, int views) {
        return new Augmentation(
                minScale(v),
                v.number("mixup", 0, Double.POSITIVE_INFINITY),
                v.number("cutmix", 0, Double.POSITIVE_INFINITY),
                v.number("dropout", 0, 1),
                views);
    }

    private static String architecture(Values v) {
        if (v.text("depth") == null) {
            return v.oneOf("architecture", Architectures.names().toArray(String[]::new));
        }
        int depth = v.integer("depth", 1, Integer.MAX_VALUE);
        if (!ResNet.DEPTHS.contains(depth)) {
            throw v.wrong("depth", "one of " + ResNet.DEPTHS);
        }
        return "resnet" + depth;
    }

    static Optimization.Builder optimization(Values v) {
        boolean l2sp = v.flag("l2-sp");
        if (l2sp && v.text("optimizer").equals("lars")) {
            throw JobException.options(
                    "expected --optimizer sgd or adamw with --l2-sp, found lars; change it, or leave out --l2-sp");
        }
        double decay = v.number("weight-decay", 0, Double.POSITIVE_INFINITY);
        return Optimization.builder()
                .optimizer(v.oneOf("optimizer", Optimization.OPTIMIZERS.toArray(String[]::new)))
                .earlyFactor(SettingsReader.positive(v, "early-lr-factor"))
                .stageFactor(SettingsReader.positive(v, "stage-lr-factor"))
                .headFactor(SettingsReader.positive(v, "head-lr-factor"))
                .momentum(v.number("momentum", 0, 1))
                .weightDecay(decay)
                .l2sp(l2sp)
                .headDecay(
                        v.text("head-weight-decay") == null
                                ? decay
                                : v.number("head-weight-decay", 0, Double.POSITIVE_INFINITY))
                .clipNorm(v.number("clip-norm", 0, Double.POSITIVE_INFINITY))
                .accumulate(v.integer("accumulate", 1, Integer.MAX_VALUE))
                .exchange(Wire.of(v.oneOf(
                        "exchange",
                        Arrays.stream(Wire.values()).map(Wire::toString).toArray(String[]::new))));
    }

    private static double minScale(Values v) {
        double value = v.number("min-scale", 0, Math.nextUp(1.0));
        if (value == 0) {
            throw v.wrong("min-scale", "a share in (0, 1]");
        }
        return value;
    }
}
