package ai.softlabel.network;

import java.io.Serializable;

/**
 * A model's numbers, flat as {@link Model} lays them out.
 *
 * @param weights the parameters
 * @param statistics BatchNorm's running means and variances
 * @param steps training steps taken, torchvision's {@code num_batches_tracked}
 */
public record ModelState(float[] weights, float[] statistics, long steps) implements Serializable {}
