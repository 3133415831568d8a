package ai.softlabel.fuzz;

import ai.softlabel.train.TrainTargets;

/** Any bytes as a checkpoint. */
public final class CheckpointFuzz {
    private CheckpointFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        TrainTargets.checkpoint(input);
    }
}
