package ai.softlabel.job;

/**
 * The settings of {@code find-lr}, checked.
 *
 * @param train what is to be trained; nothing is
 * @param from the first learning rate
 * @param to the last
 * @param steps most steps
 */
public record SearchSettings(TrainSettings train, double from, double to, int steps) {}
