package ai.softlabel.score;

import ai.softlabel.Ranked;
import java.io.Serializable;

/**
 * What a body makes of one picture.
 *
 * @param label its class, from 0
 * @param rank see {@link Ranked#rank}
 * @param views the features of each of its {@link Views}
 */
public record Features(String name, int label, int rank, float[][] views) implements Ranked, Serializable {}
