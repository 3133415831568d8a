package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.export.ExportSettings;
import ai.softlabel.command.findlr.FindLrSettings;
import ai.softlabel.command.inspect.InspectSettings;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.study.StudySettings;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.Split;
import ai.softlabel.network.ResNet;
import ai.softlabel.pipeline.TrainSettings;
import ai.softlabel.train.Augmentation;
import ai.softlabel.train.Optimization;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** From words to typed settings, checked at once. */
final class SettingsReader {
    private SettingsReader() {}

    static TrainSettings train(Values v) {
        return train(v, v.number("smoothing", 0, 1), false);
    }

    private static TrainSettings train(Values v, double smoothing, boolean scoreTraining) {
        int epochs = v.integer("epochs", 1, Integer.MAX_VALUE);
        int frozen = v.integer("frozen-epochs", 0, Integer.MAX_VALUE);
        if (frozen > epochs) {
            throw JobException.options(
                    "expected at most --epochs %d frozen epochs, found --frozen-epochs %d; lower it", epochs, frozen);
        }
        Optimization optimization = optimization(
                v,
                v.oneOf("schedule", Optimization.SCHEDULES.toArray(String[]::new)),
                positive(v, "lr"),
                v.number("frozen-lr", 0, Double.POSITIVE_INFINITY),
                v.number("warm-up", 0, 1),
                v.number("average", 0, 1));
        Recipe recipe = recipe(v, epochs, frozen, smoothing, optimization);
        return settings(
                v,
                v.needed("out"),
                recipe,
                v.integer("patience", 0, Integer.MAX_VALUE),
                v.flag("resume"),
                v.integer("keep", 1, Integer.MAX_VALUE),
                scoreTraining);
    }

    static StudySettings study(Values v) {
        List<Double> smoothing = new ArrayList<>();
        for (String text : v.needed("smoothing").split(",")) {
            double value = v.number("smoothing", text.trim(), 0, 1);
            if (smoothing.contains(value)) {
                throw v.wrong("smoothing", "numbers that differ");
            }
            smoothing.add(value);
        }
        TrainSettings train = train(v, smoothing.get(0), true);
        return new StudySettings(train, smoothing, v.integer("seeds", 1, Integer.MAX_VALUE), v.flag("resume"));
    }

    static PredictSettings predict(Values v) {
        return new PredictSettings(v.needed("model"), data(v), v.needed("out"), rejected(v), v.flag("replace"));
    }

    static InspectSettings inspect(Values v) {
        return new InspectSettings(
                data(v),
                v.needed("out"),
                split(v),
                v.number("validation", 0, 1),
                v.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                rejected(v),
                v.flag("replace"));
    }

    static FindLrSettings search(Values v) {
        double from = positive(v, "from");
        double to = positive(v, "to");
        if (to <= from) {
            throw JobException.options("expected --to above --from %s, found %s; raise it", from, to);
        }
        Recipe recipe = recipe(v, 1, 0, v.number("smoothing", 0, 1), optimization(v, "one-cycle", to, 0, 0, 0));
        return new FindLrSettings(
                settings(v, v.needed("out"), recipe, 0, false, 1, false),
                from,
                to,
                v.integer("steps", 2, Integer.MAX_VALUE));
    }

    static BenchSettings bench(Values v) {
        Recipe recipe = recipe(v, 1, 0, v.number("smoothing", 0, 1), optimization(v, "one-cycle", 0.002, 0, 0, 0));
        List<Integer> executors = new ArrayList<>();
        for (String text : v.needed("executors").split(",")) {
            executors.add((int) v.whole("executors", text.trim(), 2, 64));
        }
        return new BenchSettings(
                v.oneOf("case", BenchSettings.CASES.toArray(String[]::new)),
                settings(v, "", recipe, 0, false, 1, false),
                v.integer("steps", 2, Integer.MAX_VALUE),
                v.integer("rounds", 1, Integer.MAX_VALUE),
                executors,
                positive(v, "gigabits"),
                v.number("latency", 0, Double.POSITIVE_INFINITY),
                v.text("out"));
    }

    static ExportSettings export(Values v) {
        return new ExportSettings(v.needed("model"), v.oneOf("format", "safetensors", "onnx"), v.needed("out"));
    }

    private static TrainSettings settings(
            Values v, String out, Recipe recipe, int patience, boolean resume, int keep, boolean scoreTraining) {
        String weights = v.needed("weights");
        return new TrainSettings(
                data(v),
                out,
                split(v),
                v.number("validation", 0, 1),
                folds(v),
                weights.equals("none") ? null : weights,
                v.text("replicas") == null ? null : v.integer("replicas", 1, Integer.MAX_VALUE),
                recipe,
                patience,
                rejected(v),
                resume,
                keep,
                positive(v, "step-timeout"),
                v.text("test-flip") != null && v.flag("test-flip"),
                v.text("experiments"),
                scoreTraining);
    }

    private static Recipe recipe(Values v, int epochs, int frozen, double smoothing, Optimization optimization) {
        int imageSize = v.integer("image-size", 64, 512);
        int testSize = v.text("test-size") == null ? imageSize : v.integer("test-size", imageSize, 512);
        int depth = v.integer("depth", 1, Integer.MAX_VALUE);
        if (!ResNet.DEPTHS.contains(depth)) {
            throw v.wrong("depth", "one of " + ResNet.DEPTHS);
        }
        Augmentation augmentation = new Augmentation(
                minScale(v),
                v.number("mixup", 0, Double.POSITIVE_INFINITY),
                v.number("cutmix", 0, Double.POSITIVE_INFINITY),
                v.number("dropout", 0, 1),
                atLeastOne(v, "views"));
        return new Recipe(
                depth,
                0,
                imageSize,
                testSize,
                v.integer("batch-size", 1, Integer.MAX_VALUE),
                0,
                epochs,
                frozen,
                atLeastOne(v, "head-passes"),
                v.text("freeze-norm") != null && v.flag("freeze-norm"),
                v.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                smoothing,
                augmentation,
                optimization,
                Normalization.IMAGENET);
    }

    private static Optimization optimization(
            Values v, String schedule, double rate, double frozenRate, double warmUp, double average) {
        return new Optimization(
                v.oneOf("optimizer", Optimization.OPTIMIZERS.toArray(String[]::new)),
                schedule,
                rate,
                frozenRate,
                positive(v, "early-lr-factor"),
                positive(v, "head-lr-factor"),
                v.number("momentum", 0, 1),
                warmUp,
                v.number("weight-decay", 0, Double.POSITIVE_INFINITY),
                v.number("clip-norm", 0, Double.POSITIVE_INFINITY),
                average,
                v.integer("accumulate", 1, Integer.MAX_VALUE),
                Wire.of(v.oneOf(
                        "exchange",
                        Arrays.stream(Wire.values()).map(Wire::toString).toArray(String[]::new))));
    }

    static EvaluateSettings evaluate(Values v) {
        return new EvaluateSettings(v.needed("model"), data(v), v.needed("out"), rejected(v), v.flag("replace"));
    }

    private static double positive(Values v, String name) {
        double value = v.number(name, 0, Double.POSITIVE_INFINITY);
        if (value == 0) {
            throw v.wrong(name, "a number above 0");
        }
        return value;
    }

    private static int folds(Values v) {
        int folds = v.text("folds") == null ? 0 : v.integer("folds", 0, Integer.MAX_VALUE);
        if (folds == 1) {
            throw v.wrong("folds", "0 or a number from 2");
        }
        return folds;
    }

    /** 1 where the command has no such option. */
    private static int atLeastOne(Values v, String name) {
        return v.text(name) == null ? 1 : v.integer(name, 1, Integer.MAX_VALUE);
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

    private static Double split(Values v) {
        String text = v.text("split");
        if (text == null) {
            return null;
        }
        Double share = Split.share(text);
        if (share == null) {
            throw v.wrong("split", "official or random:FRACTION with a fraction in (0, 1)");
        }
        return share;
    }
}
