package ai.softlabel.cli;

import java.util.List;
import java.util.stream.Stream;

/** The commands and their options; help, parser and profiles all go by this table. */
enum Command {
    TRAIN(
            "train",
            "train a classifier and write a run directory",
            new Option("depth", "N", "18", "ResNet of 18, 34, 50, 101 or 152 layers"),
            new Option("weights", "FILE|none", "none", "pretrained weights, safetensors as torchvision's"),
            new Option("image-size", "N", "128", "side of the pictures, 64 to 512"),
            new Option("batch-size", "N", "32", "pictures in a step, over all replicas"),
            new Option("replicas", "N", null, "replicas of the model (default: the task slots)"),
            new Option("epochs", "N", "4", "passes over the training pictures"),
            new Option("frozen-epochs", "N", "0", "how many of them, the first, train the head only"),
            new Option("smoothing", "E", "0.1", "label smoothing in [0,1); 0 is plain cross-entropy"),
            new Option("split", "S", null, "official or random:FRACTION (default: the data's own)"),
            new Option("validation", "F", "0", "share of the training pictures held out"),
            new Option("optimizer", "NAME", "sgd", "sgd, with Nesterov momentum"),
            new Option("lr", "R", "0.002", "highest learning rate of the body"),
            new Option("head-lr-factor", "F", "10", "the head's learning rate over the body's"),
            new Option("schedule", "NAME", "one-cycle", "one-cycle or cosine"),
            new Option("momentum", "M", "0.9", "momentum with cosine; one-cycle has its own"),
            new Option("weight-decay", "D", "1e-4", "not on BatchNorm and biases"),
            new Option("min-scale", "F", "0.35", "least area of a random crop"),
            Common.MAX_REJECTED,
            new Option("resume", null, "false", "go on from the newest checkpoint in --out"),
            new Option("keep", "N", "2", "checkpoints kept"),
            new Option("step-timeout", "S", "600", "seconds that a step may take")),
    EVALUATE(
            "evaluate",
            "score a run's model on pictures",
            new Option("model", "RUN", null, "run directory of the model (needed)"),
            Common.MAX_REJECTED);

    /** Options that several commands share. */
    private static final class Common {
        static final Option MAX_REJECTED =
                new Option("max-rejected", "F", "0.05", "share of unusable pictures that stops the job");
    }

    private static final List<Option> ALL = List.of(
            new Option("data", "PATH", null, "pictures: path or Hadoop URI (default: built-in sample)"),
            new Option("out", "DIR", null, "where results go, a path or Hadoop URI (needed)"),
            new Option("master", "URL", null, "Spark master (default: spark-submit's, else local[*])"),
            new Option("seed", "N", "1", "seed of every random choice"),
            new Option("profile", "A,B", null, "read conf/A.conf, then conf/B.conf"));

    private final String word;
    private final String text;
    private final List<Option> options;

    Command(String word, String text, Option... own) {
        this.word = word;
        this.text = text;
        this.options = List.of(own);
    }

    String word() {
        return word;
    }

    String text() {
        return text;
    }

    /** The common options, then its own. */
    List<Option> options() {
        return Stream.concat(ALL.stream(), options.stream()).toList();
    }
}
