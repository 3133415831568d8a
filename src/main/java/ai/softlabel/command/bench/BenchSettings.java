package ai.softlabel.command.bench;

import ai.softlabel.pipeline.TrainingSetup;
import java.util.List;

/**
 * The settings of {@code bench}, checked.
 *
 * @param which what is measured, one of {@link #CASES}
 * @param setup what is trained on what
 * @param steps measured in each round
 * @param rounds of which the median counts
 * @param executors numbers of executors that {@code scaling} measures
 * @param gigabits the network that {@code scaling} predicts for, in Gbit/s
 * @param latencyMillis of a message on it, in milliseconds
 * @param out a directory for what was found, or null to print it only
 */
public record BenchSettings(
        String which,
        TrainingSetup setup,
        int steps,
        int rounds,
        List<Integer> executors,
        double gigabits,
        double latencyMillis,
        String out) {
    /** What can be measured. */
    public static final List<String> CASES = List.of("train", "inference", "exchange", "watching", "scaling");

    /** The case whose measurements need several applications. */
    public boolean manyClusters() {
        return which.equals("scaling");
    }
}
