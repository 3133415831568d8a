package ai.softlabel.command.study;

import ai.softlabel.pipeline.TrainSettings;
import java.util.List;

/**
 * The settings of {@code study}, checked.
 *
 * @param train what all runs share; its smoothing is the first run's, its seed the first run's and the split's
 * @param smoothing every ε to train with
 * @param seeds how many runs each ε gets, with seeds that count up from the first
 * @param resume whether to go on with what is there
 */
public record StudySettings(TrainSettings train, List<Double> smoothing, int seeds, boolean resume) {}
