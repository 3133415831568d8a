package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.cli.Command.Common;
import ai.softlabel.command.train.EpochChoice;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.loss.Loss;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import ai.softlabel.train.StageLimit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The options of a training of several epochs, which other commands than {@code train} run too. */
final class TrainingOptions {
    private TrainingOptions() {}

    /** All of {@code train}, with the recipe. */
    static List<Option> all() {
        return Stream.concat(
                        RecipeOptions.all().stream(),
                        Stream.of(
                                new Option("lr", "R", "0.002", "peak learning rate of the body"),
                                new Option("schedule", "NAME", "one-cycle", "one-cycle, cosine or step"),
                                new Option("warm-up", "F", "0", "share of the steps that warm up, for cosine")
                                        .asBrief(),
                                new Option("epochs", "N", "4", "passes over the training pictures"),
                                new Option("frozen-epochs", "N", "0", "first epochs that train only the head"),
                                new Option("freeze-norm", null, "false", "keep BatchNorm as in --weights"),
                                new Option("views", "N", "1", "augmented views of a picture in frozen epochs"),
                                new Option("head-passes", "N", "1", "passes over the features in each frozen epoch"),
                                new Option("frozen-lr", "R", "0", "head's learning rate in frozen epochs; 0: as usual"),
                                Common.RECALIBRATE,
                                new Option("folds", "K", "0", "folds of cross-fitting for recalibration; 0 is off"),
                                new Option("average", "D", "0", "decay of the weights' moving average; 0 is off")
                                        .asBrief(),
                                new Option("patience", "N", "0", "epochs without a better validation NLL; 0 is off"),
                                new Option("keep-best", "NAME", null, "what chooses the epoch that is kept").asBrief(),
                                new Option("resume", null, "false", "continue from the newest checkpoint in --out"),
                                new Option(
                                        "test-size",
                                        "N,N",
                                        null,
                                        "sides of scored pictures, averaged (default: image size)"),
                                new Option("test-flip", null, "false", "average scores over mirror images"),
                                new Option("keep", "N", "2", "number of checkpoints to keep").asBrief(),
                                new Option(
                                                "checkpoint-every",
                                                "MIN",
                                                "10",
                                                "most minutes of an epoch between checkpoints")
                                        .asBrief(),
                                new Option("experiments", "FILE", null, "CSV file to append this run to")))
                .toList();
    }

    /** Options that only a training of several epochs takes, with its results. */
    static List<String> ofWholeTrainings() {
        List<Option> recipe = RecipeOptions.all();
        return all().stream().filter(o -> !recipe.contains(o)).map(Option::name).toList();
    }

    /** Training's options that matter to a head on a frozen body; the defaults are those of conf/pets-resnet18.conf. */
    static List<Option> auditing() {
        Map<String, String> defaults = Map.of(
                "image-size",
                "224",
                "epochs",
                "2",
                "frozen-epochs",
                "2",
                "views",
                "2",
                "head-passes",
                "30",
                "frozen-lr",
                "0.2",
                "weight-decay",
                "8e-3",
                "folds",
                "5");
        List<String> others = List.of(
                "recalibrate",
                "patience",
                "keep-best",
                "resume",
                "keep",
                "checkpoint-every",
                "experiments",
                "store-size",
                "class-weights",
                "sampler");
        return Common.all(
                all().stream()
                        .filter(o -> !others.contains(o.name()))
                        .map(o -> defaults.containsKey(o.name())
                                ? new Option(o.name(), o.value(), defaults.get(o.name()), o.text(), o.brief())
                                : o)
                        .toList(),
                List.of(new Option("model", "RUN", null, "run whose body computes the features"), Common.REPLACE));
    }

    /** @param scoreTraining whether the training part is scored too */
    static TrainSettings read(Values v, Loss loss, boolean scoreTraining, String out) {
        return TrainSettings.builder(setup(v, loss), out)
                .folds(folds(v))
                .recalibrate(SettingsReader.recalibrate(v))
                .patience(v.integer("patience", 0, Integer.MAX_VALUE))
                .keepBest(keepBest(v))
                .resume(v.flag("resume"))
                .keep(v.integer("keep", 1, Integer.MAX_VALUE))
                .checkpointEvery(StageLimit.minutes(SettingsReader.positive(v, "checkpoint-every")))
                .experiments(v.text("experiments"))
                .scoreTraining(scoreTraining)
                .build();
    }

    static TrainingSetup setup(Values v, Loss loss) {
        int epochs = v.integer("epochs", 1, Integer.MAX_VALUE);
        int frozen = v.integer("frozen-epochs", 0, Integer.MAX_VALUE);
        if (frozen > epochs) {
            throw JobException.options(
                    "expected at most --epochs %d frozen epochs, found --frozen-epochs %d; lower it", epochs, frozen);
        }
        Optimization optimization = RecipeOptions.optimization(v)
                .schedule(v.oneOf("schedule", Optimization.SCHEDULES.toArray(String[]::new)))
                .rate(SettingsReader.positive(v, "lr"))
                .frozenRate(v.number("frozen-lr", 0, Double.POSITIVE_INFINITY))
                .warmUp(v.number("warm-up", 0, 1))
                .average(v.number("average", 0, 1))
                .build();
        Hyperparameters hyperparameters = RecipeOptions.hyperparameters(v)
                .loss(loss)
                .epochs(epochs)
                .frozenEpochs(frozen)
                .headPasses(v.integer("head-passes", 1, Integer.MAX_VALUE))
                .frozenNorm(v.flag("freeze-norm"))
                .testSizes(testSizes(v))
                .optimization(optimization)
                .build();
        return RecipeOptions.setup(v, hyperparameters)
                .testFlip(v.flag("test-flip"))
                .build();
    }

    private static PictureSizes testSizes(Values v) {
        int least = v.integer("image-size", 64, 512);
        if (v.text("test-size") == null) {
            return PictureSizes.of(least);
        }
        return PictureSizes.parse(v.text("test-size"))
                .filter(s -> s.sensible() && s.smallest() >= 64 && s.largest() >= least && s.largest() <= 512)
                .orElseThrow(() -> v.wrong(
                        "test-size",
                        "up to three different whole numbers from 64 to 512, the largest at least --image-size " + least
                                + " and at most twice the smallest"));
    }

    private static EpochChoice keepBest(Values v) {
        return v.text("keep-best") == null ? null : EpochChoice.of(v.oneOf("keep-best", EpochChoice.words()));
    }

    static int folds(Values v) {
        int folds = v.integer("folds", 0, Integer.MAX_VALUE);
        if (folds == 1) {
            throw v.wrong("folds", "0 or a number from 2");
        }
        return folds;
    }
}
