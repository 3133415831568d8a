package ai.softlabel.cli;

import java.util.List;
import java.util.stream.Stream;

/** The commands and their options. Help, parser and profiles all use this table. */
enum Command {
    TRAIN("train", "train a classifier and write a run directory", TrainingOptions.all()),
    EVALUATE("evaluate", "score a run's model on pictures", Common.evaluating()),
    PREDICT("predict", "classify pictures with calibrated confidence", Common.predicting()),
    INSPECT("inspect", "check and count the pictures of a data set", Common.inspecting()),
    AUDIT("audit", "find wrong labels, copies and poor pictures", TrainingOptions.auditing()),
    PACK(
            "pack",
            "copy a data set into few large files",
            Common.all(
                    List.of(
                            Common.DATA,
                            Common.OUT,
                            Common.MASTER,
                            Common.PROFILE,
                            new Option("per-file", "N", "1000", "pictures of a file, about")),
                    LabelOptions.LABELS)),
    CALIBRATE("calibrate", "recalibrate a run, on fresh pictures too", Common.calibrating()),
    STUDY("study", "compare strengths of smoothing, or losses", StudyOptions.all()),
    FIND_LR("find-lr", "sweep the learning rate and suggest one", Common.search()),
    BENCH("bench", "measure training and scoring speed", BenchOptions.all()),
    EXPORT(
            "export",
            "export a run's model as safetensors or ONNX",
            List.of(
                    Common.MODEL,
                    Common.OUT,
                    Common.PROFILE,
                    new Option("format", "NAME", "safetensors", "safetensors or onnx"),
                    new Option("precision", "NAME", "float32", "float32, or int8: 8 bits, of onnx"),
                    new Option("data", "PATH", "built-in", "the run's pictures, for int8"),
                    new Option("pictures", "N", "256", "training pictures that calibrate int8"),
                    Common.MASTER)),
    COMPARE(
            "compare",
            "set runs side by side",
            List.of(new Option("out", "FILE.html", null, "write a page too, with curves by epoch"))),
    REPORT(
            "report",
            "tell where a run's page is, or serve it",
            List.of(new Option("serve", "[PORT]", null, "serve the run on 127.0.0.1 (PORT: a free one)")));

    /** Options that several commands share. */
    static final class Common {
        static final Option MAX_REJECTED =
                new Option("max-rejected", "F", "0.05", "largest accepted share of unusable pictures");

        static final Option DATA = new Option("data", "PATH", "built-in", "pictures: a path, a Hadoop URI or built-in");
        static final Option OUT = new Option("out", "PATH", null, "output path or Hadoop URI (required)");
        static final Option MASTER =
                new Option("master", "URL", null, "Spark master (default: spark-submit's, else local[*])");
        static final Option RECALIBRATE =
                new Option("recalibrate", "NAME", "auto", "auto (by cross-validation), none or a method");
        static final Option MODEL = new Option("model", "RUN", null, "run directory of the model (required)");
        static final Option PROFILE = new Option("profile", "A,B", null, "read conf/A.conf, then conf/B.conf");

        static final Option SEED = new Option("seed", "N", "1", "random seed");
        static final Option VALIDATION =
                new Option("validation", "[neighbours:]F", "0", "share held out of the training pictures");
        static final Option REPLACE = new Option("replace", null, "false", "overwrite an earlier result in --out");

        static final Option ENGINE =
                new Option("engine", "NAME", "bigdl", "bigdl, onnxruntime or auto (the faster, measured)");

        static List<Option> scoring() {
            return List.of(MODEL, DATA, OUT, MASTER, PROFILE, MAX_REJECTED, REPLACE, ENGINE);
        }

        static List<Option> evaluating() {
            return all(
                    all(
                            scoring(),
                            List.of(
                                    new Option("shift", null, "false", "score corrupted and unknown pictures too"),
                                    new Option("shift-pictures", "N", "1000", "test pictures that --shift corrupts"),
                                    new Option("unknown", "PATH", null, "pictures of no known class, for --shift"))),
                    LabelOptions.LABELS);
        }

        static List<Option> calibrating() {
            return all(
                    List.of(
                            MODEL,
                            RECALIBRATE,
                            new Option("evaluated", "PATH", null, "fit on the pictures of an evaluate's --out instead"),
                            new Option("data", "PATH", null, "score these labelled pictures and fit on them instead"),
                            MASTER,
                            PROFILE,
                            MAX_REJECTED),
                    LabelOptions.LABELS);
        }

        static List<Option> inspecting() {
            return all(
                    List.of(DATA, OUT, MASTER, PROFILE, SEED, LabelOptions.SPLIT, VALIDATION, MAX_REJECTED, REPLACE),
                    LabelOptions.LABELS);
        }

        static List<Option> all(List<Option> some, List<Option> more) {
            return Stream.concat(some.stream(), more.stream()).toList();
        }

        static List<Option> predicting() {
            return Stream.concat(
                            scoring().stream(),
                            Stream.of(
                                    new Option("top-k", "K", "5", "most probable classes written for each picture"),
                                    new Option(
                                            "all-probabilities",
                                            null,
                                            "false",
                                            "write the logits and probabilities of all classes"),
                                    new Option(
                                            "max-error",
                                            "R",
                                            null,
                                            "abstain, so that at most R of the answers are wrong"),
                                    new Option("min-coverage", "C", null, "abstain on at most 1 - C of the pictures"),
                                    new Option(
                                            "coverage", "C", null, "write sets that hold the class with probability C"),
                                    new Option("resume", null, "false", "continue a stopped predict in --out"),
                                    new Option(
                                            "watch", "DIR", null, "instead of --data: classify what comes into DIR")))
                    .toList();
        }

        static List<Option> search() {
            return Stream.concat(
                            RecipeOptions.all().stream(),
                            Stream.of(
                                    new Option("from", "R", "1e-6", "lowest learning rate of the body"),
                                    new Option("to", "R", "1", "highest learning rate of the body"),
                                    new Option("steps", "N", "100", "maximum number of steps")))
                    .toList();
        }
    }

    private final String word;
    private final String text;
    private final List<Option> options;

    Command(String word, String text, List<Option> own) {
        this.word = word;
        this.text = text;
        this.options = own;
    }

    String word() {
        return word;
    }

    /** The option whose value may be given as the first word after the command, or null. */
    String operand() {
        return this == BENCH ? "case" : null;
    }

    /** What the words beside the options are, for help; null where there are none. */
    String words() {
        return this == COMPARE ? "RUN RUN ..." : this == REPORT ? "RUN" : null;
    }

    String text() {
        return text;
    }

    List<Option> options() {
        return options;
    }
}
