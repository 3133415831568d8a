package ai.softlabel.data;

import ai.softlabel.Part;
import java.io.Serializable;

/**
 * What is made of the pictures of each part. Training pictures may be stored at a size of their own, from which random
 * crops are cut; whatever is scored is made of its file as every command that scores makes it.
 *
 * @param scoring for scoring, of any part
 * @param training for random crops of training pictures
 */
public record Preparations(Preparation scoring, Preparation training) implements Serializable {
    /** The same for all. */
    public static Preparations of(Preparation all) {
        return new Preparations(all, all);
    }

    /** What a part's pictures are stored as. */
    Preparation stored(Part part) {
        return part == Part.TRAIN ? training : scoring;
    }

    /** Whether a part's pictures can be scored as they are stored. */
    boolean scoresStored(Part part) {
        return stored(part).equals(scoring);
    }
}
