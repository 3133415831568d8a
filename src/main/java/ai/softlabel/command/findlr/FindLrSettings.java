package ai.softlabel.command.findlr;

import ai.softlabel.pipeline.TrainingSetup;

/**
 * The settings of {@code find-lr}, checked.
 *
 * @param setup what is to be trained; nothing is
 * @param out where the curve goes
 * @param from the first learning rate
 * @param to the last
 * @param steps most steps
 */
public record FindLrSettings(TrainingSetup setup, String out, double from, double to, int steps) {}
