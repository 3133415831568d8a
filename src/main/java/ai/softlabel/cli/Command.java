package ai.softlabel.cli;

import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.loss.Losses;
import ai.softlabel.network.Architectures;
import java.util.List;
import java.util.stream.Stream;

/** The commands and their options; help, parser and profiles all go by this table. */
enum Command {
    TRAIN("train", "train a classifier and write a run directory", Common.training()),
    EVALUATE("evaluate", "score a run's model on pictures", Common.asking()),
    PREDICT("predict", "say what pictures show, and how surely", Common.predicting()),
    INSPECT(
            "inspect",
            "check the pictures and count them",
            List.of(
                    Common.DATA,
                    Common.OUT,
                    Common.MASTER,
                    Common.PROFILE,
                    Common.SEED,
                    Common.SPLIT,
                    Common.VALIDATION,
                    Common.MAX_REJECTED,
                    Common.REPLACE)),
    CALIBRATE(
            "calibrate",
            "recalibrate on the run's validation part",
            List.of(Common.MODEL, Common.MASTER, Common.PROFILE)),
    STUDY("study", "train with several smoothings and compare", Common.study()),
    FIND_LR("find-lr", "sweep the learning rate and suggest one", Common.search()),
    BENCH("bench", "measure what steps cost", Common.bench()),
    EXPORT(
            "export",
            "write a run's model for other programs",
            List.of(
                    Common.MODEL,
                    Common.OUT,
                    Common.PROFILE,
                    new Option("format", "NAME", "safetensors", "safetensors or onnx")));

    /** Options that several commands share. */
    private static final class Common {
        static final Option MAX_REJECTED =
                new Option("max-rejected", "F", "0.05", "share of unusable pictures that stops the job");

        static final Option DATA = new Option("data", "PATH", "built-in", "pictures: a path, a Hadoop URI or built-in");
        static final Option OUT = new Option("out", "PATH", null, "where results go: path or Hadoop URI (needed)");
        static final Option MASTER =
                new Option("master", "URL", null, "Spark master (default: spark-submit's, else local[*])");
        static final Option MODEL = new Option("model", "RUN", null, "run directory of the model (needed)");
        static final Option PROFILE = new Option("profile", "A,B", null, "read conf/A.conf, then conf/B.conf");

        static final Option SEED = new Option("seed", "N", "1", "seed of every random choice");
        static final Option SPLIT =
                new Option("split", "S", null, "official or random:FRACTION (default: the data's own)");
        static final Option VALIDATION = new Option("validation", "F", "0", "share of the training pictures held out");
        static final Option REPLACE = new Option("replace", null, "false", "write over an earlier result in --out");

        static List<Option> asking() {
            return List.of(MODEL, DATA, OUT, MASTER, PROFILE, MAX_REJECTED, REPLACE);
        }

        static List<Option> predicting() {
            return Stream.concat(
                            asking().stream(),
                            Stream.of(
                                    new Option("top-k", "K", "5", "most probable classes written for each picture"),
                                    new Option(
                                            "all-probabilities",
                                            null,
                                            "false",
                                            "write the logits and probabilities of all classes"),
                                    new Option("resume", null, "false", "keep what an earlier one in --out finished")))
                    .toList();
        }

        static List<Option> recipe() {
            return List.of(
                    DATA,
                    OUT,
                    MASTER,
                    PROFILE,
                    SEED,
                    new Option("architecture", "NAME", "resnet18", String.join(", ", Architectures.names())),
                    new Option("depth", "N", null, "short for --architecture resnetN"),
                    new Option("weights", "FILE|none", "none", "pretrained weights, safetensors as torchvision's"),
                    new Option("image-size", "N", "128", "side of the pictures, 64 to 512"),
                    new Option("batch-size", "N", "32", "pictures in a step, over all replicas"),
                    new Option("accumulate", "N", "1", "batches whose gradients make one step"),
                    new Option("replicas", "N", null, "replicas of the model (default: the task slots)"),
                    new Option("exchange", "NAME", "float32", "what executors exchange: float32 or bfloat16"),
                    new Option(
                            "loss",
                            "NAME",
                            "label-smoothing",
                            String.join(", ", Losses.names()) + "; parameters as NAME:alpha=0.1"),
                    new Option("smoothing", "E", "0.1", "label smoothing in [0,1); 0 is plain cross-entropy"),
                    SPLIT,
                    VALIDATION,
                    new Option("optimizer", "NAME", "sgd", "sgd (Nesterov), adamw or lars"),
                    new Option("head-lr-factor", "F", "10", "the head's learning rate over the body's"),
                    new Option("early-lr-factor", "F", "1", "that of stem, layer1 and layer2 over the body's"),
                    new Option("momentum", "M", "0.9", "momentum; one-cycle has its own"),
                    new Option("weight-decay", "D", "1e-4", "not on BatchNorm and biases"),
                    new Option("clip-norm", "X", "0", "largest norm of the gradient; 0 for any"),
                    new Option("dropout", "F", "0", "share of features dropped before the head"),
                    new Option("mixup", "A", "0", "mixup's alpha"),
                    new Option("cutmix", "A", "0", "CutMix's alpha"),
                    new Option("min-scale", "F", "0.35", "least area of a random crop"),
                    MAX_REJECTED,
                    new Option("step-timeout", "S", "600", "seconds that a step may take"));
        }

        static List<Option> training() {
            return Stream.concat(
                            recipe().stream(),
                            Stream.of(
                                    new Option("lr", "R", "0.002", "highest learning rate of the body"),
                                    new Option("schedule", "NAME", "one-cycle", "one-cycle, cosine or step"),
                                    new Option("warm-up", "F", "0", "share of a cosine's steps that warm up"),
                                    new Option("epochs", "N", "4", "passes over the training pictures"),
                                    new Option(
                                            "frozen-epochs",
                                            "N",
                                            "0",
                                            "how many of them, the first, train the head only"),
                                    new Option("freeze-norm", null, "false", "BatchNorm stays as --weights has it"),
                                    new Option("views", "N", "1", "variations of a picture that frozen epochs see"),
                                    new Option("head-passes", "N", "1", "passes of the head in each frozen epoch"),
                                    new Option("frozen-lr", "R", "0", "the head's rate in them; 0 for its usual one"),
                                    new Option("folds", "K", "0", "recalibrate on K folds that heads learn without"),
                                    new Option("average", "D", "0", "decay of the weights' moving average; 0 for none"),
                                    new Option(
                                            "patience", "N", "0", "epochs without a better validation NLL; 0 for any"),
                                    new Option("resume", null, "false", "go on from the newest checkpoint in --out"),
                                    new Option(
                                            "test-size",
                                            "N",
                                            null,
                                            "side of scored pictures (default: the image size)"),
                                    new Option("test-flip", null, "false", "score pictures with their mirror images"),
                                    new Option("keep", "N", "2", "checkpoints kept"),
                                    new Option("experiments", "FILE", null, "CSV file that gets a line of this run")))
                    .toList();
        }

        static List<Option> bench() {
            return Stream.concat(
                            Stream.of(new Option("case", "NAME", "train", String.join(", ", BenchSettings.CASES))),
                            Stream.concat(
                                    recipe().stream().filter(o -> !o.equals(OUT)),
                                    Stream.of(
                                            new Option("steps", "N", "20", "steps of each round"),
                                            new Option("rounds", "N", "3", "rounds; the median counts"),
                                            new Option("executors", "N,N", "2,4", "executors that scaling measures"),
                                            new Option("gigabits", "R", "10", "network that scaling predicts for"),
                                            new Option("latency", "R", "0.1", "of its messages, in milliseconds"),
                                            new Option("out", "PATH", null, "where scaling's table and curve go"))))
                    .toList();
        }

        static List<Option> study() {
            return Stream.concat(
                            training().stream()
                                    .map(o -> o.name().equals("smoothing")
                                            ? new Option(
                                                    "smoothing",
                                                    "E,E",
                                                    "0,0.1",
                                                    "strengths of label smoothing to compare")
                                            : o),
                            Stream.of(
                                    new Option("seeds", "N", "1", "runs of each strength; seeds count up from --seed")))
                    .toList();
        }

        static List<Option> search() {
            return Stream.concat(
                            recipe().stream(),
                            Stream.of(
                                    new Option("from", "R", "1e-6", "first learning rate of the body"),
                                    new Option("to", "R", "1", "last learning rate of the body"),
                                    new Option("steps", "N", "100", "most steps of the sweep")))
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

    /** The option that the first word after the command may stand for, or null. */
    String operand() {
        return this == BENCH ? "case" : null;
    }

    String text() {
        return text;
    }

    List<Option> options() {
        return options;
    }
}
