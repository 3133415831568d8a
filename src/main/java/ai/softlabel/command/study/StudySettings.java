package ai.softlabel.command.study;

import ai.softlabel.JobException;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Split;
import ai.softlabel.loss.Link;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
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
 * @param smoothing the values of ε to train with; empty in a study of losses
 * @param losses the losses to train with; empty in a study of strengths of smoothing
 * @param seeds number of runs for each of them, with seeds that count up from the first
 * @param resume whether to continue an earlier study
 * @param transfer path of labelled pictures of other classes, which the runs' features are tried on; or null
 */
public record StudySettings(
        TrainSettings train, List<Double> smoothing, List<Loss> losses, int seeds, boolean resume, String transfer) {
    /** Of strengths of label smoothing. */
    public StudySettings(TrainSettings train, List<Double> smoothing, int seeds, boolean resume) {
        this(train, smoothing, List.of(), seeds, resume, null);
    }

    /** Of losses; their runs need pictures to recalibrate on. */
    public static StudySettings ofLosses(TrainSettings train, List<Loss> losses, int seeds, boolean resume) {
        if (train.setup().validation().share() == 0 && train.folds() == 0) {
            throw JobException.options(
                    "expected --validation or --folds above 0 with --loss, found neither; a study of losses compares recalibrated figures, give one of them");
        }
        boolean several = train.setup().labels().several();
        for (Loss loss : losses) {
            if (loss.link() == Link.SIGMOID != several) {
                throw JobException.options(
                        several
                                ? "expected losses of several labels with --label-separator, found %s, a loss of one label; leave it out"
                                : "expected losses of one label without --label-separator, found %s, a loss of several labels; leave it out",
                        loss.name());
            }
        }
        return new StudySettings(train, List.of(), losses, seeds, resume, null);
    }

    /** The same, with the runs' features tried on other pictures. */
    public StudySettings trying(String path) {
        return new StudySettings(train, smoothing, losses, seeds, resume, path);
    }

    /** Whether losses are compared, and not strengths of smoothing. */
    boolean ofLosses() {
        return !losses.isEmpty();
    }

    /** Every loss that is trained with, in order. */
    List<Loss> all() {
        return ofLosses()
                ? losses
                : smoothing.stream()
                        .map(e -> Losses.smoothed(e, severalLabels()))
                        .toList();
    }

    /** Whether pictures may have several labels. */
    boolean severalLabels() {
        return train.setup().labels().several();
    }

    /** What a run is called, in messages and as a folder. */
    String name(Loss loss) {
        return ofLosses()
                ? Losses.text(loss).replaceAll("[:=,]", "-")
                : "smoothing-" + loss.parameters().get("epsilon");
    }

    /** The first run's seed. */
    long firstSeed() {
        return train.setup().hyperparameters().seed();
    }

    /** The settings of one run. */
    TrainSettings run(Loss loss, long seed, String out, boolean resumed) {
        TrainingSetup setup = train.setup();
        return train.toBuilder()
                .out(out)
                .resume(resumed)
                .setup(setup.toBuilder()
                        .hyperparameters(setup.hyperparameters().toBuilder()
                                .loss(loss)
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
        s.hyperparameters().loss().parameters().keySet().forEach(f::remove);
        if (ofLosses()) {
            f.remove("loss");
        }
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
        f.put("validation", s.validation().text());
        f.put("weights", String.valueOf(s.weights()));
        f.put("replicas", String.valueOf(s.replicas()));
        f.put("max-rejected", String.valueOf(s.maxRejected()));
        f.put("test-flip", String.valueOf(s.testFlip()));
        f.put("folds", String.valueOf(train.folds()));
        f.put("patience", String.valueOf(train.patience()));
        if (train.keepBest() != null) {
            f.put("keep-best", train.keepBest().word());
        }
        return f;
    }

    /** The hash that version 0.1 wrote for these settings. */
    String former() {
        return LegacyFingerprint.study(
                train.setup(), train.folds(), train.patience(), train.keep(), train.experiments());
    }
}
