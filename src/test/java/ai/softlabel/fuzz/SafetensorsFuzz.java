package ai.softlabel.fuzz;

import ai.softlabel.network.NetworkTargets;

/** Any bytes as a safetensors file. */
public final class SafetensorsFuzz {
    private SafetensorsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        NetworkTargets.safetensors(input);
    }
}
