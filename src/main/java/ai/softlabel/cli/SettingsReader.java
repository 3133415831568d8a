package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.audit.AuditSettings;
import ai.softlabel.command.calibrate.CalibrateSettings;
import ai.softlabel.command.compare.CompareSettings;
import ai.softlabel.command.findlr.FindLrSettings;
import ai.softlabel.command.inspect.InspectSettings;
import ai.softlabel.command.pack.PackSettings;
import ai.softlabel.command.report.ReportSettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.LabelSource;
import ai.softlabel.loss.BinaryCrossEntropy;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.train.Hyperparameters;

/** Turns option values into typed, checked settings. */
final class SettingsReader {
    private SettingsReader() {}

    static TrainSettings train(Values v) {
        return train(v, loss(v), false);
    }

    static AuditSettings audit(Values v) {
        return new AuditSettings(
                TrainingOptions.setup(v, loss(v)),
                v.text("model"),
                v.needed("out"),
                TrainingOptions.folds(v),
                v.flag("replace"));
    }

    /** @param scoreTraining whether the training part is scored too */
    static TrainSettings train(Values v, Loss loss, boolean scoreTraining) {
        return TrainingOptions.read(v, loss, scoreTraining, v.needed("out"));
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
        Hyperparameters hyperparameters = RecipeOptions.hyperparameters(v)
                .loss(loss(v))
                .epochs(1)
                .optimization(RecipeOptions.optimization(v).rate(to).build())
                .build();
        return new FindLrSettings(
                RecipeOptions.setup(v, hyperparameters).build(),
                v.needed("out"),
                from,
                to,
                v.integer("steps", 2, Integer.MAX_VALUE));
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

    /** {@code --loss NAME[:parameter=value,...]}; {@code --smoothing} is label smoothing's parameter. */
    static Loss loss(Values v) {
        String text = v.needed("loss");
        double smoothing = v.number("smoothing", 0, 1);
        try {
            Loss loss = Losses.of(text);
            boolean plain = text.equals(loss.name());
            boolean ofSeveral = loss instanceof BinaryCrossEntropy;
            return plain && (ofSeveral || loss instanceof LabelSmoothing)
                    ? Losses.smoothed(smoothing, ofSeveral || LabelOptions.several(v))
                    : loss;
        } catch (IllegalArgumentException e) {
            throw JobException.options("--loss %s: %s", text, e.getMessage());
        }
    }

    static RecalibrationMethod recalibrate(Values v) {
        return RecalibrationMethod.parse(v.needed("recalibrate"))
                .orElseThrow(() -> v.wrong("recalibrate", "one of " + RecalibrationMethod.names()));
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

    static double positive(Values v, String name) {
        double value = v.number(name, 0, Double.POSITIVE_INFINITY);
        if (value == 0) {
            throw v.wrong(name, "a number above 0");
        }
        return value;
    }

    /** Null for the built-in sample. */
    static String data(Values v) {
        return "built-in".equals(v.text("data")) ? null : v.text("data");
    }

    static double rejected(Values v) {
        return v.number("max-rejected", 0, Math.nextUp(1.0));
    }
}
