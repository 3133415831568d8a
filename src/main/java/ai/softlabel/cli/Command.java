package ai.softlabel.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The commands and their options. Help, parser and profiles all use this table. */
enum Command {
    TRAIN(
            "train",
            "train a classifier and write a run directory",
            Common.all(Common.training(), List.of(LabelOptions.SEPARATOR))),
    EVALUATE("evaluate", "score a run's model on pictures", Common.evaluating()),
    PREDICT("predict", "classify pictures with calibrated confidence", Common.predicting()),
    INSPECT("inspect", "check and count the pictures of a data set", Common.inspecting()),
    AUDIT("audit", "find wrong labels, copies and poor pictures", Common.auditing()),
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
    STUDY("study", "compare strengths of smoothing, or losses", Common.study()),
    FIND_LR("find-lr", "sweep the learning rate and suggest one", Common.search()),
    BENCH("bench", "measure training and scoring speed", Common.bench()),
    EXPORT(
            "export",
            "export a run's model as safetensors or ONNX",
            List.of(
                    Common.MODEL,
                    Common.OUT,
                    Common.PROFILE,
                    new Option("format", "NAME", "safetensors", "safetensors or onnx"))),
    COMPARE(
            "compare",
            "set runs side by side",
            List.of(new Option("out", "FILE.html", null, "write a page too, with curves by epoch"))),
    REPORT(
            "report",
            "tell where a run's page is, or serve it",
            List.of(new Option("serve", "[PORT]", null, "serve the run on 127.0.0.1 (PORT: a free one)")));

    /** Options that only a training of several epochs takes, with its results. */
    static List<String> ofWholeTrainings() {
        List<Option> recipe = Common.recipe();
        return Common.training().stream()
                .filter(o -> !recipe.contains(o))
                .map(Option::name)
                .toList();
    }

    /** Options that several commands share. */
    private static final class Common {
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

        static List<Option> scoring() {
            return List.of(MODEL, DATA, OUT, MASTER, PROFILE, MAX_REJECTED, REPLACE);
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

        private static List<Option> all(List<Option> some, List<Option> more) {
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

        static List<Option> recipe() {
            return all(all(settings(), LabelOptions.LABELS), LabelOptions.BALANCING);
        }

        private static List<Option> settings() {
            return List.of(
                    DATA,
                    OUT,
                    MASTER,
                    PROFILE,
                    SEED,
                    new Option("architecture", "NAME", "resnet18", "network, see softlabel --help"),
                    new Option("depth", "N", null, "short for --architecture resnetN"),
                    new Option("weights", "FILE|none", "none", "pretrained safetensors with torchvision's names"),
                    new Option("image-size", "N", "128", "side of the input pictures in pixels, 64 to 512"),
                    new Option("batch-size", "N", "32", "pictures per step, over all replicas"),
                    new Option("accumulate", "N", "1", "micro-batches that make up one step").asBrief(),
                    new Option("replicas", "N", null, "replicas of the model (default: the task slots)"),
                    new Option("exchange", "NAME", "float32", "format between executors: float32 or bfloat16")
                            .asBrief(),
                    new Option("loss", "NAME", "label-smoothing", "loss, see softlabel --help"),
                    new Option("smoothing", "E", "0.1", "label smoothing in [0,1); 0 is plain cross-entropy"),
                    LabelOptions.SPLIT,
                    VALIDATION,
                    new Option("optimizer", "NAME", "sgd", "sgd (Nesterov), adamw or lars"),
                    new Option("head-lr-factor", "F", "10", "head's learning rate as a multiple of the body's"),
                    new Option("early-lr-factor", "F", "1", "rate of stem and early stages, times the body's")
                            .asBrief(),
                    new Option("stage-lr-factor", "F", "1", "rate of each stage, times the next one's").asBrief(),
                    new Option("momentum", "M", "0.9", "momentum; one-cycle sets its own"),
                    new Option("weight-decay", "D", "1e-4", "weight decay, not on BatchNorm and biases"),
                    new Option("head-weight-decay", "D", null, "head's weight decay (default: weight-decay)").asBrief(),
                    new Option("l2-sp", null, "false", "decay the body towards --weights").asBrief(),
                    new Option("clip-norm", "X", "0", "gradient norm to clip to; 0 is off").asBrief(),
                    new Option("dropout", "F", "0", "dropout rate before the head"),
                    new Option("mixup", "A", "0", "mixup alpha; 0 is off"),
                    new Option("cutmix", "A", "0", "CutMix alpha; 0 is off").asBrief(),
                    new Option("min-scale", "F", "0.35", "smallest area of a random crop, as a share"),
                    MAX_REJECTED,
                    new Option("decode", "NAME", "full", "full, or scaled: large JPEGs at 1/2, 1/4 or 1/8")
                            .asBrief(),
                    new Option("store", "FORM[:MB]", "auto", "pictures decoded, encoded or auto; MB to shuffle in")
                            .asBrief(),
                    new Option("step-timeout", "S", "600", "longest time for one step, in seconds").asBrief(),
                    new Option(
                                    "wait-for-executors",
                                    "MIN",
                                    "0",
                                    "minutes to wait for lost executors before going on with fewer; 0: the run ends")
                            .asBrief());
        }

        static List<Option> training() {
            return Stream.concat(
                            recipe().stream(),
                            Stream.of(
                                    new Option("lr", "R", "0.002", "peak learning rate of the body"),
                                    new Option("schedule", "NAME", "one-cycle", "one-cycle, cosine or step"),
                                    new Option("warm-up", "F", "0", "share of the steps that warm up, for cosine")
                                            .asBrief(),
                                    new Option("epochs", "N", "4", "passes over the training pictures"),
                                    new Option("frozen-epochs", "N", "0", "first epochs that train only the head"),
                                    new Option("freeze-norm", null, "false", "keep BatchNorm as in --weights"),
                                    new Option("views", "N", "1", "augmented views of a picture in frozen epochs"),
                                    new Option(
                                            "head-passes", "N", "1", "passes over the features in each frozen epoch"),
                                    new Option(
                                            "frozen-lr",
                                            "R",
                                            "0",
                                            "head's learning rate in frozen epochs; 0: as usual"),
                                    RECALIBRATE,
                                    new Option("folds", "K", "0", "folds of cross-fitting for recalibration; 0 is off"),
                                    new Option("average", "D", "0", "decay of the weights' moving average; 0 is off")
                                            .asBrief(),
                                    new Option(
                                            "patience", "N", "0", "epochs without a better validation NLL; 0 is off"),
                                    new Option("keep-best", "NAME", null, "what chooses the epoch that is kept")
                                            .asBrief(),
                                    new Option("resume", null, "false", "continue from the newest checkpoint in --out"),
                                    new Option(
                                            "test-size",
                                            "N,N",
                                            null,
                                            "sides of scored pictures, averaged (default: image size)"),
                                    new Option("test-flip", null, "false", "average scores over mirror images"),
                                    new Option("keep", "N", "2", "number of checkpoints to keep").asBrief(),
                                    new Option(
                                                    "checkpoint-every",
                                                    "MIN",
                                                    "10",
                                                    "most minutes of an epoch between checkpoints")
                                            .asBrief(),
                                    new Option("experiments", "FILE", null, "CSV file to append this run to")))
                    .toList();
        }

        /**
         * Training's options that matter to a head on a frozen body; the defaults are those of conf/pets-resnet18.conf.
         */
        static List<Option> auditing() {
            Map<String, String> defaults = Map.of(
                    "image-size",
                    "224",
                    "epochs",
                    "2",
                    "frozen-epochs",
                    "2",
                    "views",
                    "2",
                    "head-passes",
                    "30",
                    "frozen-lr",
                    "0.2",
                    "weight-decay",
                    "8e-3",
                    "folds",
                    "5");
            List<String> others = List.of(
                    "recalibrate",
                    "patience",
                    "keep-best",
                    "resume",
                    "keep",
                    "checkpoint-every",
                    "experiments",
                    "class-weights",
                    "sampler");
            return all(
                    training().stream()
                            .filter(o -> !others.contains(o.name()))
                            .map(o -> defaults.containsKey(o.name())
                                    ? new Option(o.name(), o.value(), defaults.get(o.name()), o.text(), o.brief())
                                    : o)
                            .toList(),
                    List.of(new Option("model", "RUN", null, "run whose body computes the features"), REPLACE));
        }

        /** What only a whole training takes is brief. */
        static List<Option> bench() {
            List<Option> recipe = recipe();
            List<Option> training = training().stream()
                    .filter(o -> !o.equals(OUT))
                    .map(o -> recipe.contains(o) ? o : o.asBrief())
                    .toList();
            return all(List.of(BenchOptions.CASE), all(training, BenchOptions.OWN));
        }

        static List<Option> study() {
            return Stream.concat(
                            training().stream()
                                    .filter(o -> !o.name().equals("loss"))
                                    .map(o -> o.name().equals("smoothing")
                                            ? new Option("smoothing", "E,E", "0,0.1", "smoothing strengths to compare")
                                            : List.of("keep", "experiments").contains(o.name()) ? o.asBrief() : o),
                            Stream.of(
                                    new Option("loss", "A;B:x=1/2", null, "compare these losses instead, or: family"),
                                    new Option("seeds", "N", "1", "runs per strength; seeds count up from --seed")))
                    .toList();
        }

        static List<Option> search() {
            return Stream.concat(
                            recipe().stream(),
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
