package ai.softlabel.fuzz;

import ai.softlabel.data.DataTargets;

/** Any bytes as the pets' lists. */
public final class AnnotationsFuzz {
    private AnnotationsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        DataTargets.annotations(input);
    }
}
