package ai.softlabel.train;

import java.io.Serializable;

/**
 * The progress of an epoch, sent while it runs.
 *
 * @param epoch from 0
 * @param step steps done in the epoch
 * @param steps steps of the epoch
 * @param loss the last step's loss
 * @param rate the last step's learning rate
 * @param seconds since the epoch's first step began
 */
public record Progress(int epoch, int step, int steps, double loss, double rate, double seconds)
        implements Serializable {}
