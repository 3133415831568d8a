package ai.softlabel.calibrate;

import java.io.Serializable;

/**
 * A prediction to fit on.
 *
 * @param name what its fold follows from
 * @param label the correct class, from 0
 */
public record Labelled(String name, float[] logits, int label) implements Serializable {}
