package ai.softlabel.train;

import ai.softlabel.Ranked;
import java.io.Serializable;

/**
 * What a frozen body makes of one picture.
 *
 * @param views the features of each augmentation view
 */
public record Features(String name, int label, int rank, float[][] views) implements Ranked, Serializable {}
