package ai.softlabel.command.study;

import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Split;
import ai.softlabel.pipeline.Balancing;
import ai.softlabel.pipeline.LegacyFingerprint;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.Fingerprint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of {@code study}, checked.
 *
 * @param train the settings that all runs share; its smoothing is that of the first run, its seed that of the first run
 *     and of the split
 * @param smoothing the values of ε to train with
 * @param seeds number of runs for each ε, with seeds that count up from the first
 * @param resume whether to continue an earlier study
 */
public record StudySettings(TrainSettings train, List<Double> smoothing, int seeds, boolean resume) {
    /** The first run's seed. */
    long firstSeed() {
        return train.setup().hyperparameters().seed();
    }

    /** The settings of one run. */
    TrainSettings run(double ofSmoothing, long seed, String out, boolean resumed) {
        TrainingSetup setup = train.setup();
        return train.toBuilder()
                .out(out)
                .resume(resumed)
                .setup(setup.toBuilder()
                        .hyperparameters(setup.hyperparameters().toBuilder()
                                .smoothing(ofSmoothing)
                                .seed(seed)
                                .build())
                        .build())
                .build();
    }

    /** The settings that all runs share, by option name. */
    Map<String, String> shared() {
        TrainingSetup s = train.setup();
        Map<String, String> f = new LinkedHashMap<>(Fingerprint.of(s.hyperparameters()));
        f.remove("smoothing");
        f.remove("seed");
        f.put("data", String.valueOf(s.data()));
        f.put("split", String.valueOf(s.split()));
        if (s.way() != Split.Way.RANDOM) {
            f.put("split-way", s.way().toString());
        }
        if (!s.labels().equals(LabelSource.LAYOUT)) {
            f.put("labels", s.labels().toString());
        }
        if (!s.balancing().equals(Balancing.NONE)) {
            f.put("balancing", s.balancing().toString());
        }
        f.put("validation", String.valueOf(s.validation()));
        f.put("weights", String.valueOf(s.weights()));
        f.put("replicas", String.valueOf(s.replicas()));
        f.put("max-rejected", String.valueOf(s.maxRejected()));
        f.put("test-flip", String.valueOf(s.testFlip()));
        f.put("folds", String.valueOf(train.folds()));
        f.put("patience", String.valueOf(train.patience()));
        return f;
    }

    /** The hash that version 0.1 wrote for these settings. */
    String former() {
        return LegacyFingerprint.study(
                train.setup(), train.folds(), train.patience(), train.keep(), train.experiments());
    }
}
