package ai.softlabel.command.findlr;

import ai.softlabel.pipeline.TrainSettings;

/**
 * The settings of {@code find-lr}, checked.
 *
 * @param train what is to be trained; nothing is
 * @param from the first learning rate
 * @param to the last
 * @param steps most steps
 */
public record FindLrSettings(TrainSettings train, double from, double to, int steps) {}
