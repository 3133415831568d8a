package ai.softlabel.network;

/**
 * Which part of a network a parameter belongs to.
 *
 * @param stage from 0 for a stage; -1 for stem and head
 */
public record Group(Kind kind, int stage) {
    /** The parts. */
    public enum Kind {
        STEM,
        STAGE,
        HEAD
    }

    public static final Group STEM = new Group(Kind.STEM, -1);
    public static final Group HEAD = new Group(Kind.HEAD, -1);

    /** A stage, from 0. */
    public static Group stage(int stage) {
        return new Group(Kind.STAGE, stage);
    }
}
