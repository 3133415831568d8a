package ai.softlabel.command.bench;

import ai.softlabel.JobException;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.score.ScoringEngine;
import java.util.List;

/**
 * The settings of {@code bench}, checked.
 *
 * @param which the case to measure, one of {@link #CASES}
 * @param setup data, model and training settings
 * @param steps steps per round
 * @param rounds number of rounds, of which the median is reported
 * @param executors numbers of executors that {@code scaling} measures with
 * @param gigabits bandwidth of the network that {@code scaling} predicts for, in Gbit/s
 * @param latencyMillis latency of that network, in milliseconds
 * @param out a directory for the results, or null to print them only
 * @param pictures numbers of pictures that {@code size} predicts, {@code size-train} trains on and {@code decode}
 *     decodes, the smallest first
 * @param answers what {@code size-answers} evaluates and calibrates
 * @param scoring what {@code inference} measures, in turns; at least one
 */
public record BenchSettings(
        String which,
        TrainingSetup setup,
        int steps,
        int rounds,
        List<Integer> executors,
        double gigabits,
        double latencyMillis,
        String out,
        List<Integer> pictures,
        List<Answers> answers,
        List<Scoring> scoring) {
    /**
     * A way to score.
     *
     * @param int8 whether in 8 bits, and not in float32
     */
    public record Scoring(ScoringEngine engine, boolean int8) {}

    /** The case that runs a whole training. */
    public static final String JOB = "job";

    /** The case that decodes pictures of 12 megapixels, which needs no cluster. */
    public static final String DECODE = "decode";

    /** The cases that can be measured. */
    public static final List<String> CASES = List.of(
            "train", "inference", "exchange", "watching", "scaling", JOB, DECODE, "size", "size-train", "size-answers");

    /** So many answers over so many classes. */
    public record Answers(int pictures, int classes) {}

    public BenchSettings {
        if (setup.labels().several() && (which.equals("size-train") || which.equals("size-answers"))) {
            throw JobException.options(
                    "expected no --label-separator for bench %s, found it; leave it out, the pictures and answers that it makes have one label each",
                    which);
        }
    }

    /** Without the numbers of pictures and answers, which only the cases of size use. */
    public BenchSettings(
            String which,
            TrainingSetup setup,
            int steps,
            int rounds,
            List<Integer> executors,
            double gigabits,
            double latencyMillis,
            String out) {
        this(which, setup, steps, rounds, executors, gigabits, latencyMillis, out, List.of(), List.of());
    }

    /** With BigDL's engine. */
    public BenchSettings(
            String which,
            TrainingSetup setup,
            int steps,
            int rounds,
            List<Integer> executors,
            double gigabits,
            double latencyMillis,
            String out,
            List<Integer> pictures,
            List<Answers> answers) {
        this(
                which,
                setup,
                steps,
                rounds,
                executors,
                gigabits,
                latencyMillis,
                out,
                pictures,
                answers,
                List.of(new Scoring(ScoringEngine.BIGDL, false)));
    }

    /** Whether it measures memory. */
    public boolean ofSize() {
        return which.startsWith("size");
    }

    /** Whether the case starts several Spark applications of its own. */
    public boolean manyClusters() {
        return which.equals("scaling");
    }
}
