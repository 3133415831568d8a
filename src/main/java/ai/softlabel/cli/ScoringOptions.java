package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.export.ExportSettings;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.onnx.OnnxRuntime;
import ai.softlabel.pipeline.EngineChoice;

/** Reads the settings of the commands that score pictures with a finished run's model. */
final class ScoringOptions {
    private ScoringOptions() {}

    static PredictSettings predict(Values v) {
        boolean watch = v.text("watch") != null;
        return new PredictSettings(
                v.needed("model"),
                watch ? v.text("watch") : SettingsReader.data(v),
                v.needed("out"),
                SettingsReader.rejected(v),
                v.flag("replace"),
                v.integer("top-k", 1, Integer.MAX_VALUE),
                v.flag("all-probabilities"),
                v.flag("resume"),
                new PredictSettings.Limits(share(v, "max-error"), share(v, "min-coverage"), share(v, "coverage")),
                watch,
                engine(v));
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
                SettingsReader.data(v),
                LabelOptions.read(v),
                v.needed("out"),
                SettingsReader.rejected(v),
                v.flag("replace"),
                shift,
                engine(v));
    }

    static ExportSettings export(Values v) {
        String format = v.oneOf("format", "safetensors", "onnx");
        ExportSettings.Int8 int8 = null;
        if (v.oneOf("precision", "float32", "int8").equals("int8")) {
            OnnxRuntime.require("--precision int8");
            int8 = new ExportSettings.Int8(SettingsReader.data(v), v.integer("pictures", 1, Integer.MAX_VALUE));
        } else if (v.typed("data") || v.typed("pictures")) {
            throw JobException.options(
                    "expected --precision int8 with --%s, found float32; add --precision int8, or leave --%s out",
                    v.typed("data") ? "data" : "pictures", v.typed("data") ? "data" : "pictures");
        }
        return new ExportSettings(v.needed("model"), format, v.needed("out"), int8);
    }

    private static EngineChoice engine(Values v) {
        return EngineChoice.parse(v.oneOf("engine", EngineChoice.words()))
                .orElseThrow()
                .checked();
    }
}
