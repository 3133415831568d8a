package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.audit.AuditSettings;
import ai.softlabel.command.calibrate.CalibrateSettings;
import ai.softlabel.command.compare.CompareSettings;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.export.ExportSettings;
import ai.softlabel.command.findlr.FindLrSettings;
import ai.softlabel.command.inspect.InspectSettings;
import ai.softlabel.command.pack.PackSettings;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.report.ReportSettings;
import ai.softlabel.command.train.EpochChoice;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Storing;
import ai.softlabel.loss.BinaryCrossEntropy;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.network.Architectures;
import ai.softlabel.network.ResNet;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.Augmentation;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import ai.softlabel.train.StageLimit;
import ai.softlabel.train.Wire;
import java.util.Arrays;

/** Turns option values into typed, checked settings. */
final class SettingsReader {
    private SettingsReader() {}

    static TrainSettings train(Values v) {
        return train(v, loss(v), false);
    }

    static AuditSettings audit(Values v) {
        return new AuditSettings(
                trainingSetup(v, loss(v)), v.text("model"), v.needed("out"), folds(v), v.flag("replace"));
    }

    private static TrainingSetup trainingSetup(Values v, Loss loss) {
        int epochs = v.integer("epochs", 1, Integer.MAX_VALUE);
        int frozen = v.integer("frozen-epochs", 0, Integer.MAX_VALUE);
        if (frozen > epochs) {
            throw JobException.options(
                    "expected at most --epochs %d frozen epochs, found --frozen-epochs %d; lower it", epochs, frozen);
        }
        Optimization optimization = optimization(v)
                .schedule(v.oneOf("schedule", Optimization.SCHEDULES.toArray(String[]::new)))
                .rate(positive(v, "lr"))
                .frozenRate(v.number("frozen-lr", 0, Double.POSITIVE_INFINITY))
                .warmUp(v.number("warm-up", 0, 1))
                .average(v.number("average", 0, 1))
                .build();
        Hyperparameters hyperparameters = hyperparameters(v)
                .loss(loss)
                .epochs(epochs)
                .frozenEpochs(frozen)
                .headPasses(v.integer("head-passes", 1, Integer.MAX_VALUE))
                .frozenNorm(v.flag("freeze-norm"))
                .testSizes(testSizes(v))
                .optimization(optimization)
                .build();
        return setup(v, hyperparameters).testFlip(v.flag("test-flip")).build();
    }

    private static PictureSizes testSizes(Values v) {
        int least = v.integer("image-size", 64, 512);
        if (v.text("test-size") == null) {
            return PictureSizes.of(least);
        }
        return PictureSizes.parse(v.text("test-size"))
                .filter(s -> s.sensible() && s.smallest() >= 64 && s.largest() >= least && s.largest() <= 512)
                .orElseThrow(() -> v.wrong(
                        "test-size",
                        "up to three different whole numbers from 64 to 512, the largest at least --image-size " + least
                                + " and at most twice the smallest"));
    }

    /** @param scoreTraining whether the training part is scored too */
    static TrainSettings train(Values v, Loss loss, boolean scoreTraining) {
        return train(v, loss, scoreTraining, v.needed("out"));
    }

    static TrainSettings train(Values v, Loss loss, boolean scoreTraining, String out) {
        return TrainSettings.builder(trainingSetup(v, loss), out)
                .folds(folds(v))
                .recalibrate(recalibrate(v))
                .patience(v.integer("patience", 0, Integer.MAX_VALUE))
                .keepBest(keepBest(v))
                .resume(v.flag("resume"))
                .keep(v.integer("keep", 1, Integer.MAX_VALUE))
                .checkpointEvery(StageLimit.minutes(positive(v, "checkpoint-every")))
                .experiments(v.text("experiments"))
                .scoreTraining(scoreTraining)
                .build();
    }

    private static EpochChoice keepBest(Values v) {
        return v.text("keep-best") == null ? null : EpochChoice.of(v.oneOf("keep-best", EpochChoice.words()));
    }

    static PredictSettings predict(Values v) {
        boolean watch = v.text("watch") != null;
        return new PredictSettings(
                v.needed("model"),
                watch ? v.text("watch") : data(v),
                v.needed("out"),
                rejected(v),
                v.flag("replace"),
                v.integer("top-k", 1, Integer.MAX_VALUE),
                v.flag("all-probabilities"),
                v.flag("resume"),
                new PredictSettings.Limits(share(v, "max-error"), share(v, "min-coverage"), share(v, "coverage")),
                watch);
    }

    /** A number in (0, 1), or null. */
    private static Double share(Values v, String name) {
        if (v.text(name) == null) {
            return null;
        }
        double value = v.number(name, 0, 1);
        if (value == 0) {
            throw v.wrong(name, "a number in (0, 1)");
        }
        return value;
    }

    static InspectSettings inspect(Values v) {
        return new InspectSettings(
                data(v),
                LabelOptions.read(v),
                v.needed("out"),
                LabelOptions.split(v),
                LabelOptions.way(v),
                LabelOptions.heldOut(v),
                v.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                rejected(v),
                v.flag("replace"));
    }

    static PackSettings pack(Values v) {
        return new PackSettings(
                data(v), LabelOptions.read(v), v.needed("out"), v.integer("per-file", 1, Integer.MAX_VALUE));
    }

    static FindLrSettings search(Values v) {
        double from = positive(v, "from");
        double to = positive(v, "to");
        if (to <= from) {
            throw JobException.options("expected --to above --from %s, found %s; raise it", from, to);
        }
        Hyperparameters hyperparameters = hyperparameters(v)
                .loss(loss(v))
                .epochs(1)
                .optimization(optimization(v).rate(to).build())
                .build();
        return new FindLrSettings(
                setup(v, hyperparameters).build(), v.needed("out"), from, to, v.integer("steps", 2, Integer.MAX_VALUE));
    }

    static ExportSettings export(Values v) {
        return new ExportSettings(v.needed("model"), v.oneOf("format", "safetensors", "onnx"), v.needed("out"));
    }

    static CompareSettings compare(Values v) {
        return new CompareSettings(v.words(), v.text("out"));
    }

    static ReportSettings report(Values v) {
        if (v.words().size() != 1) {
            throw JobException.options(
                    "expected one run directory, found %d; see softlabel report --help",
                    v.words().size());
        }
        return new ReportSettings(
                v.words().get(0), v.text("serve") == null ? null : v.integer("serve", 0, ReportSettings.LAST_PORT));
    }

    static TrainingSetup.Builder setup(Values v, Hyperparameters hyperparameters) {
        String weights = v.needed("weights");
        return TrainingSetup.builder()
                .data(data(v))
                .labels(LabelOptions.read(v))
                .split(LabelOptions.split(v))
                .way(LabelOptions.way(v))
                .balancing(LabelOptions.balancing(v))
                .validation(LabelOptions.heldOut(v))
                .weights(weights.equals("none") ? null : weights)
                .replicas(v.text("replicas") == null ? null : v.integer("replicas", 1, Integer.MAX_VALUE))
                .hyperparameters(hyperparameters)
                .maxRejected(rejected(v))
                .stepTimeout(positive(v, "step-timeout"))
                .waitForExecutors(60 * v.number("wait-for-executors", 0, Double.POSITIVE_INFINITY))
                .storing(Storing.parse(v.needed("store"))
                        .orElseThrow(() -> v.wrong(
                                "store",
                                "decoded, encoded or auto, with a colon and a number of MB from 1 or without")));
    }

    /** The hyperparameters that all training commands share. */
    static Hyperparameters.Builder hyperparameters(Values v) {
        return Hyperparameters.builder()
                .architecture(architecture(v))
                .imageSize(v.integer("image-size", 64, 512))
                .decoding(Decoding.of(v.oneOf("decode", Decoding.WORDS)))
                .batchSize(v.integer("batch-size", 1, Integer.MAX_VALUE))
                .seed(v.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE))
                .augmentation(
                        augmentation(v, v.text("views") == null ? 1 : v.integer("views", 1, Integer.MAX_VALUE)));
    }

    static Augmentation augmentation(Values v, int views) {
        return new Augmentation(
                minScale(v),
                v.number("mixup", 0, Double.POSITIVE_INFINITY),
                v.number("cutmix", 0, Double.POSITIVE_INFINITY),
                v.number("dropout", 0, 1),
                views);
    }

    /** {@code --loss NAME[:parameter=value,...]}; {@code --smoothing} is label smoothing's parameter. */
    static Loss loss(Values v) {
        String text = v.needed("loss");
        double smoothing = v.number("smoothing", 0, 1);
        try {
            Loss loss = Losses.of(text);
            boolean plain = text.equals(loss.name());
            if (plain
                    && (loss instanceof BinaryCrossEntropy
                            || loss instanceof LabelSmoothing && v.text("label-separator") != null)) {
                return new BinaryCrossEntropy(smoothing);
            }
            return text.equals(loss.name()) && loss instanceof LabelSmoothing ? LabelSmoothing.of(smoothing) : loss;
        } catch (IllegalArgumentException e) {
            throw JobException.options("--loss %s: %s", text, e.getMessage());
        }
    }

    static RecalibrationMethod recalibrate(Values v) {
        return RecalibrationMethod.parse(v.needed("recalibrate"))
                .orElseThrow(() -> v.wrong("recalibrate", "one of " + RecalibrationMethod.names()));
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
                .earlyFactor(positive(v, "early-lr-factor"))
                .stageFactor(positive(v, "stage-lr-factor"))
                .headFactor(positive(v, "head-lr-factor"))
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

    static CalibrateSettings calibrate(Values v) {
        LabelSource labels = LabelOptions.read(v);
        if (v.text("data") == null && !labels.equals(LabelSource.LAYOUT)) {
            throw JobException.options("expected --data with options on labels, found none; add --data");
        }
        CalibrateSettings.Fresh fresh =
                v.text("data") == null ? null : new CalibrateSettings.Fresh(data(v), labels, rejected(v));
        return new CalibrateSettings(v.needed("model"), recalibrate(v), v.text("evaluated"), fresh);
    }

    static EvaluateSettings evaluate(Values v) {
        if (!v.flag("shift") && v.text("unknown") != null) {
            throw JobException.options(
                    "expected --shift with --unknown, found --unknown %s alone; add --shift", v.text("unknown"));
        }
        EvaluateSettings.Shift shift = !v.flag("shift")
                ? null
                : new EvaluateSettings.Shift(v.integer("shift-pictures", 1, Integer.MAX_VALUE), v.text("unknown"));
        return new EvaluateSettings(
                v.needed("model"),
                data(v),
                LabelOptions.read(v),
                v.needed("out"),
                rejected(v),
                v.flag("replace"),
                shift);
    }

    static double positive(Values v, String name) {
        double value = v.number(name, 0, Double.POSITIVE_INFINITY);
        if (value == 0) {
            throw v.wrong(name, "a number above 0");
        }
        return value;
    }

    private static int folds(Values v) {
        int folds = v.integer("folds", 0, Integer.MAX_VALUE);
        if (folds == 1) {
            throw v.wrong("folds", "0 or a number from 2");
        }
        return folds;
    }

    private static double minScale(Values v) {
        double value = v.number("min-scale", 0, Math.nextUp(1.0));
        if (value == 0) {
            throw v.wrong("min-scale", "a share in (0, 1]");
        }
        return value;
    }

    /** Null for the built-in sample. */
    private static String data(Values v) {
        return "built-in".equals(v.text("data")) ? null : v.text("data");
    }

    private static double rejected(Values v) {
        return v.number("max-rejected", 0, Math.nextUp(1.0));
    }
}
