package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.job.EvaluateSettings;
import ai.softlabel.job.TrainSettings;
import ai.softlabel.model.ResNet;

/** From words to typed settings, checked at once. */
final class SettingsReader {
    private SettingsReader() {}

    static TrainSettings train(Values v) {
        int depth = v.integer("depth", 1, Integer.MAX_VALUE);
        if (!ResNet.DEPTHS.contains(depth)) {
            throw v.wrong("depth", "one of " + ResNet.DEPTHS);
        }
        int epochs = v.integer("epochs", 1, Integer.MAX_VALUE);
        int frozen = v.integer("frozen-epochs", 0, Integer.MAX_VALUE);
        if (frozen > epochs) {
            throw JobException.options(
                    "expected at most --epochs %d frozen epochs, found --frozen-epochs %d; lower it", epochs, frozen);
        }
        v.oneOf("optimizer", "sgd");
        String weights = v.needed("weights");
        return new TrainSettings(
                v.text("data"),
                v.needed("out"),
                v.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                depth,
                v.integer("image-size", 64, 512),
                v.integer("batch-size", 1, Integer.MAX_VALUE),
                v.text("replicas") == null ? null : v.integer("replicas", 1, Integer.MAX_VALUE),
                epochs,
                frozen,
                v.number("smoothing", 0, 1),
                split(v),
                v.number("validation", 0, 1),
                weights.equals("none") ? null : weights,
                positive(v, "lr"),
                positive(v, "head-lr-factor"),
                v.oneOf("schedule", "one-cycle", "cosine").equals("one-cycle"),
                v.number("momentum", 0, 1),
                v.number("weight-decay", 0, Double.POSITIVE_INFINITY),
                minScale(v),
                rejected(v),
                v.flag("resume"),
                v.integer("keep", 1, Integer.MAX_VALUE),
                positive(v, "step-timeout"));
    }

    static EvaluateSettings evaluate(Values v) {
        return new EvaluateSettings(v.needed("model"), v.text("data"), v.needed("out"), rejected(v));
    }

    private static double positive(Values v, String name) {
        double value = v.number(name, 0, Double.POSITIVE_INFINITY);
        if (value == 0) {
            throw v.wrong(name, "a number above 0");
        }
        return value;
    }

    private static double minScale(Values v) {
        double value = v.number("min-scale", 0, Math.nextUp(1.0));
        if (value == 0) {
            throw v.wrong("min-scale", "a share in (0, 1]");
        }
        return value;
    }

    private static double rejected(Values v) {
        return v.number("max-rejected", 0, Math.nextUp(1.0));
    }

    private static Double split(Values v) {
        String text = v.text("split");
        if (text == null) {
            return null;
        } else if (text.equals("official")) {
            return 0.0;
        } else if (text.startsWith("random:")) {
            try {
                double share = Double.parseDouble(text.substring("random:".length()));
                if (share > 0 && share < 1) {
                    return share;
                }
            } catch (NumberFormatException e) {
                // Told below.
            }
        }
        throw v.wrong("split", "official or random:FRACTION with a fraction in (0, 1)");
    }
}
