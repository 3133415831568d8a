package ai.softlabel.fuzz;

import ai.softlabel.run.RunTargets;

/** Any bytes as a run's files. */
public final class RunFilesFuzz {
    private RunFilesFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        RunTargets.read(input);
    }
}
