package ai.softlabel;

/** The parts that data is split into. */
public enum Part {
    TRAIN,
    VALIDATION,
    TEST
}
