package ai.softlabel.score;

import java.util.Locale;

/** The library that computes the network when pictures are scored. */
public enum ScoringEngine {
    /** The layers that training uses; needs nothing more. */
    BIGDL,
    /** ONNX Runtime, on the graph that {@code export} writes; it has to be on the class path. */
    ONNXRUNTIME;

    /** As it is said on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
