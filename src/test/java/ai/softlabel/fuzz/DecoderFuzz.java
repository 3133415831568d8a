package ai.softlabel.fuzz;

import ai.softlabel.data.DataTargets;

/** Any bytes as a picture. */
public final class DecoderFuzz {
    private DecoderFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        DataTargets.decode(input);
    }
}
