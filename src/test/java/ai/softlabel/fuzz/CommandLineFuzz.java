package ai.softlabel.fuzz;

import ai.softlabel.cli.CliTargets;

/** Any bytes as a profile and a command line. */
public final class CommandLineFuzz {
    private CommandLineFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CliTargets.settings(input);
    }
}
