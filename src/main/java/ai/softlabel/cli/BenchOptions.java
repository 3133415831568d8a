package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.cli.Command.Common;
import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.pipeline.EngineChoice;
import ai.softlabel.score.ScoringEngine;
import ai.softlabel.train.Hyperparameters;
import java.util.ArrayList;
import java.util.List;

/** The options of {@code bench}. */
final class BenchOptions {
    static final Option CASE = new Option("case", "NAME", "train", "what is measured, see docs/commands.md");

    /** Those that no training has. */
    static final List<Option> OWN = List.of(
            new Option("steps", "N", "20", "steps per round"),
            new Option("rounds", "N", "3", "rounds; the median is reported"),
            new Option("executors", "N,N", "2,4", "numbers of executors that scaling measures"),
            new Option("gigabits", "R", "10", "network speed for scaling's predictions, Gbit/s"),
            new Option("latency", "R", "0.1", "network latency for scaling's predictions, ms"),
            new Option("out", "PATH", null, "directory for scaling's and size's results, job's run"),
            new Option("pictures", "N,N", "2000,50000", "numbers of pictures for size, size-train, decode").asBrief(),
            new Option("engine", "A,B", "bigdl", "bigdl, onnxruntime: what inference measures").asBrief(),
            new Option("precision", "A,B", "float32", "float32, int8: what inference measures").asBrief(),
            new Option("answers", "NxK,NxK", "20000x21841,1000000x37", "pictures and classes for size-answers")
                    .asBrief());

    /** Pictures of 12 megapixels are decoded in less than a minute. */
    private static final int DECODED = 40;

    private BenchOptions() {}

    /** What only a whole training takes is brief. */
    static List<Option> all() {
        List<Option> recipe = RecipeOptions.all();
        List<Option> training = TrainingOptions.all().stream()
                .filter(o -> !o.equals(Common.OUT))
                .map(o -> recipe.contains(o) ? o : o.asBrief())
                .toList();
        return Common.all(List.of(CASE), Common.all(training, OWN));
    }

    static BenchSettings read(Values v) {
        String measured = v.oneOf("case", BenchSettings.CASES.toArray(String[]::new));
        for (String name : TrainingOptions.ofWholeTrainings()) {
            if (!measured.equals(BenchSettings.JOB)
                    && v.typed(name)
                    && OWN.stream().noneMatch(o -> o.name().equals(name))) {
                throw JobException.options(
                        "expected --%s with bench job only, found it with bench %s; leave it out", name, measured);
            }
        }
        Hyperparameters hyperparameters = RecipeOptions.hyperparameters(v)
                // No case but job, which has settings of its own, freezes the body.
                .augmentation(RecipeOptions.augmentation(v, 1))
                .loss(SettingsReader.loss(v))
                .epochs(1)
                .optimization(RecipeOptions.optimization(v).build())
                .build();
        List<Integer> executors = new ArrayList<>();
        for (String text : v.needed("executors").split(",")) {
            executors.add((int) v.whole("executors", text.trim(), 2, 64));
        }
        return new BenchSettings(
                measured,
                RecipeOptions.setup(v, hyperparameters).build(),
                v.integer("steps", 2, Integer.MAX_VALUE),
                v.integer("rounds", 1, Integer.MAX_VALUE),
                executors,
                SettingsReader.positive(v, "gigabits"),
                v.number("latency", 0, Double.POSITIVE_INFINITY),
                v.text("out"),
                pictures(v),
                answers(v),
                scoring(v));
    }

    /** Each engine with each precision that it has. */
    private static List<BenchSettings.Scoring> scoring(Values v) {
        List<BenchSettings.Scoring> out = new ArrayList<>();
        for (String engine : v.several("engine", "bigdl", "onnxruntime")) {
            for (String precision : v.several("precision", "float32", "int8")) {
                boolean onnx = EngineChoice.parse(engine).orElseThrow().checked() == EngineChoice.ONNXRUNTIME;
                if (onnx || precision.equals("float32")) {
                    out.add(new BenchSettings.Scoring(
                            onnx ? ScoringEngine.ONNXRUNTIME : ScoringEngine.BIGDL, precision.equals("int8")));
                }
            }
        }
        if (out.isEmpty()) {
            throw v.wrong("engine", "onnxruntime with --precision int8");
        }
        return out;
    }

    /** What {@code job} trains; its run directory is null without {@code --out}. */
    static TrainSettings job(Values v) {
        if (v.flag("resume")) {
            throw JobException.options(
                    "expected no --resume, for bench job measures a whole run, found it; leave it out, or resume with softlabel train");
        }
        return TrainingOptions.read(v, SettingsReader.loss(v), false, v.text("out"));
    }

    private static List<BenchSettings.Answers> answers(Values v) {
        List<BenchSettings.Answers> answers = new ArrayList<>();
        for (String text : v.needed("answers").split(",")) {
            String[] of = text.trim().split("x", -1);
            if (of.length != 2) {
                throw v.wrong("answers", "numbers of pictures and classes such as 20000x21841,1000000x37");
            }
            answers.add(new BenchSettings.Answers(
                    (int) v.whole("answers", of[0], 1, 100_000_000), (int) v.whole("answers", of[1], 2, 1_000_000)));
        }
        return answers;
    }

    private static List<Integer> pictures(Values v) {
        if (v.needed("case").equals(BenchSettings.DECODE) && !v.typed("pictures")) {
            return List.of(DECODED);
        }
        List<Integer> pictures = new ArrayList<>();
        for (String text : v.needed("pictures").split(",")) {
            pictures.add((int) v.whole("pictures", text.trim(), 1, 100_000_000));
        }
        return pictures;
    }
}
