package ai.softlabel.command.findlr;

import ai.softlabel.pipeline.TrainingSetup;

/**
 * The settings of {@code find-lr}, checked.
 *
 * @param setup data, model and training settings; the model is not kept
 * @param out directory for the curve
 * @param from the first learning rate
 * @param to the last learning rate
 * @param steps maximum number of steps
 */
public record FindLrSettings(TrainingSetup setup, String out, double from, double to, int steps) {}
