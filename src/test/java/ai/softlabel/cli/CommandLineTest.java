package ai.softlabel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.command.train.EpochChoice;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Split;
import ai.softlabel.data.Storing;
import ai.softlabel.loss.BinaryCrossEntropy;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.pipeline.Balancing;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.score.ScoringEngine;
import ai.softlabel.train.Augmentation;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import ai.softlabel.train.StageLimit;
import ai.softlabel.train.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CommandLineTest {
    @TempDir
    Path conf;

    private TrainSettings train(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--out", "somewhere"));
        all.addAll(List.of(arguments));
        return SettingsReader.train(
                new Values(Command.TRAIN, Arguments.parse(Command.TRAIN, all), new Profiles(List.of(conf))));
    }

    private JobException mistakeOf(String... arguments) {
        return assertThrows(JobException.class, () -> train(arguments));
    }

    private String mistake(String... arguments) {
        JobException e = mistakeOf(arguments);
        assertEquals(ExitStatus.OPTIONS, e.status());
        assertTrue(
                e.getMessage().startsWith("expected ") && e.getMessage().lines().count() == 1, e.getMessage());
        return e.getMessage();
    }

    @Test
    void defaultsAreTheDesigns() {
        Optimization optimization = new Optimization(
                "sgd", "one-cycle", 0.002, 0, 1, 10, 0.9, 0, 1e-4, 0, 0, 1, Wire.FLOAT32, 1e-4, 1, false);
        Augmentation augmentation = new Augmentation(0.35, 0, 0, 0, 1);
        Hyperparameters hyperparameters = new Hyperparameters(
                "resnet18",
                128,
                PictureSizes.of(128),
                32,
                4,
                0,
                1,
                false,
                1,
                LabelSmoothing.of(0.1),
                augmentation,
                optimization,
                Normalization.IMAGENET,
                Decoding.FULL,
                0);
        TrainingSetup setup = new TrainingSetup(
                null,
                LabelSource.LAYOUT,
                null,
                Split.Way.RANDOM,
                Balancing.NONE,
                HeldOut.NONE,
                null,
                null,
                hyperparameters,
                0.05,
                600,
                0,
                false,
                Storing.standard());
        TrainSettings designed = new TrainSettings(
                setup,
                "somewhere",
                0,
                RecalibrationMethod.AUTO,
                0,
                null,
                false,
                2,
                null,
                false,
                StageLimit.minutes(10));
        assertEquals(designed, train());
        // The builders begin with the command line's defaults.
        assertEquals(
                designed,
                TrainSettings.builder(TrainingSetup.builder().build(), "somewhere")
                        .build());
    }

    @Test
    void theHeadsDecayIsTheBodysUnlessGiven() {
        Optimization same =
                train("--weight-decay", "0.01").setup().hyperparameters().optimization();
        assertEquals(0.01, same.headDecay());
        Optimization own = train("--weight-decay", "1e-4", "--head-weight-decay", "8e-3", "--stage-lr-factor", "0.5")
                .setup()
                .hyperparameters()
                .optimization();
        assertEquals(1e-4, own.weightDecay());
        assertEquals(8e-3, own.headDecay());
        assertEquals(0.5, own.stageFactor());
        assertTrue(train("--l2-sp", "--weights", "w")
                .setup()
                .hyperparameters()
                .optimization()
                .l2sp());
        assertTrue(mistake("--l2-sp").startsWith("expected --weights for --l2-sp"));
        assertTrue(mistake("--l2-sp", "--weights", "w", "--optimizer", "lars").contains("found lars"));
        assertTrue(mistake("--stage-lr-factor", "0").contains("a number above 0"));
        assertTrue(mistake("--head-weight-decay", "-1").contains("a number of at least 0"));
    }

    @Test
    void optionsAreReadInBothForms() {
        TrainSettings s =
                train("--depth", "50", "--lr=0.01", "--resume", "--split", "random:0.25", "--weights", "w.safetensors");
        assertEquals("resnet50", s.setup().hyperparameters().architecture());
        assertEquals(0.01, s.setup().hyperparameters().optimization().rate());
        assertTrue(s.resume());
        assertEquals(0.25, s.setup().split());
        assertEquals("w.safetensors", s.setup().weights());
    }

    @Test
    void lossesAreNamedWithTheirParameters() {
        assertEquals(
                LabelSmoothing.of(0.2),
                train("--smoothing", "0.2").setup().hyperparameters().loss());
        assertEquals(
                Losses.of("max-sup:alpha=0.3"),
                train("--loss", "max-sup:alpha=0.3").setup().hyperparameters().loss());
        for (String wrong : List.of("max-sup:beta=1", "max-sup:alpha=x", "hinge")) {
            assertTrue(mistakeOf("--loss", wrong).getMessage().contains(wrong.replaceFirst(".*[:=]", "")), wrong);
        }
    }

    @Test
    void anOptionIsGivenOnce() throws IOException {
        assertEquals("expected --epochs once, found it again; leave one out", mistake("--epochs", "1", "--epochs=2"));
        assertEquals(
                "--epochs", train("--experiments", "--epochs", "--epochs", "2").experiments());
    }

    @Test
    void depthIsShortForAnArchitecture() throws IOException {
        assertEquals(
                "resnet34",
                train("--architecture", "resnet34").setup().hyperparameters().architecture());
        Files.writeString(conf.resolve("deep.conf"), "depth = 50\n");
        assertEquals(
                "resnet34",
                train("--profile", "deep", "--architecture", "resnet34")
                        .setup()
                        .hyperparameters()
                        .architecture());
        assertTrue(mistake("--architecture", "resnet18", "--depth", "50").contains("both"));
    }

    @ParameterizedTest
    @CsvSource({
        "--depth,20",
        "--depth,x",
        "--architecture,resnet20",
        "--image-size,63",
        "--image-size,513",
        "--batch-size,0",
        "--epochs,0",
        "--epochs,1.5",
        "--smoothing,1",
        "--smoothing,-0.1",
        "--smoothing,NaN",
        "--split,random:1",
        "--split,half",
        "--validation,1",
        "--lr,0",
        "--schedule,linear",
        "--optimizer,adam",
        "--max-rejected,1.1",
        "--keep,0",
        "--checkpoint-every,0",
        "--step-timeout,-1",
        "--wait-for-executors,-1",
        "--wait-for-executors,soon",
        "--min-scale,0",
        "--frozen-epochs,5",
        "--folds,1",
        "--recalibrate,magic",
        "--folds,5",
        "--mixup,-1",
        "--dropout,1",
        "--average,1",
        "--accumulate,0",
        "--clip-norm,-1",
        "--patience,-1",
        "--keep-best,error",
        "--exchange,float16",
        "--warm-up,1",
        "--views,0",
        "--head-passes,0",
        "--frozen-lr,-1",
        "--test-size,100",
        "--test-size,513",
        "--test-size,''",
        "--test-size,'100,96'",
        "--test-size,'224,63'",
        "--test-size,'224,513'",
        "--test-size,'224,224'",
        "--test-size,'224,96'",
        "--test-size,'224,208,192,176'",
        "--test-size,'224,'",
        "--test-size,'224,-96'",
        "--test-size,'224,x'",
        "--store-size,127",
        "--store-size,1025",
        "--store-size,''",
        "--store-size,146.5"
    })
    void valuesThatDoNotFitAreQuoted(String option, String value) {
        String message = mistake(option, value);
        assertTrue(message.contains(option) && message.contains(value), message);
    }

    @Test
    void theLargestTestSizeReachesTheImageSize() {
        assertEquals(List.of(128), testSizes());
        assertEquals(List.of(176), testSizes("--image-size", "176"));
        assertEquals(List.of(224), testSizes("--test-size", "224"));
        assertEquals(List.of(320, 224, 192), testSizes("--test-size", "224, 192,320", "--image-size", "224"));
    }

    private List<Integer> testSizes(String... arguments) {
        return train(arguments).setup().hyperparameters().testSizes().all();
    }

    @Test
    void trainingPicturesAreStoredForScoringOrAtASizeOfTheirOwn() {
        assertEquals(146, storedSide());
        assertEquals(256, storedSide("--test-size", "224"));
        assertEquals(146, storedSide("--test-size", "224", "--store-size", "146"));
        assertEquals(1024, storedSide("--store-size", "1024"));
        assertEquals(
                "expected --store-size to be a whole number from 224 to 1024, found 200; correct it",
                mistake("--image-size", "224", "--store-size", "200"));
        for (Command c : List.of(Command.TRAIN, Command.STUDY, Command.FIND_LR, Command.BENCH)) {
            assertTrue(c.options().stream().anyMatch(o -> o.name().equals("store-size")), c.word());
        }
    }

    private int storedSide(String... arguments) {
        return train(arguments).setup().hyperparameters().storedSide();
    }

    @Test
    void optionsThatNeedOthersSaySo() {
        assertTrue(mistake("--patience", "3").contains("--validation"));
        assertTrue(mistake("--keep-best", "nll").contains("--validation"));
        assertTrue(mistake("--freeze-norm").contains("--weights"));
        assertTrue(train("--freeze-norm", "--weights", "w")
                .setup()
                .hyperparameters()
                .frozenNorm());
    }

    @Test
    void patienceAloneKeepsTheEpochOfTheLeastNll() {
        assertNull(train("--validation", "0.1").epochChoice());
        assertEquals(
                EpochChoice.NLL, train("--validation", "0.1", "--patience", "2").epochChoice());
        TrainSettings refined = train("--validation", "0.1", "--patience", "2", "--keep-best", "nll-after-temperature");
        assertEquals(EpochChoice.NLL_AFTER_TEMPERATURE, refined.epochChoice());
        assertEquals(
                EpochChoice.NLL_AFTER_TEMPERATURE, refined.toBuilder().build().epochChoice());
    }

    @Test
    void severalLabelsHaveALossOfTheirOwn() {
        String[] several = {"--labels", "l.csv", "--label-separator", "|"};
        assertEquals(
                new BinaryCrossEntropy(0.2),
                train(with(several, "--smoothing", "0.2"))
                        .setup()
                        .hyperparameters()
                        .loss());
        assertTrue(mistake("--label-separator", "|").contains("--labels or --table"));
        assertTrue(mistake("--loss", "binary-cross-entropy").contains("--label-separator"));
        assertTrue(mistake(with(several, "--loss", "focal")).contains("binary-cross-entropy"));
        assertTrue(mistake(with(several, "--sampler", "balanced")).contains("--sampler"));
        assertTrue(mistake(with(several, "--recalibrate", "isotonic")).contains("temperature"));
    }

    private Values values(Command command, String... more) {
        List<String> all = new ArrayList<>(List.of("--out", "x", "--labels", "l.csv", "--label-separator", "|"));
        all.addAll(List.of(more));
        return new Values(command, Arguments.parse(command, all), new Profiles(List.of(conf)));
    }

    @Test
    void severalLabelsInTheOtherCommandsThatTrain() {
        Loss plain = new BinaryCrossEntropy(0.1);
        assertEquals(
                plain,
                SettingsReader.search(values(Command.FIND_LR))
                        .setup()
                        .hyperparameters()
                        .loss());
        assertEquals(
                plain,
                SettingsReader.audit(values(Command.AUDIT, "--weights", "w"))
                        .setup()
                        .hyperparameters()
                        .loss());
        for (String which : List.of("train", "inference", "exchange", "watching", "scaling", "job", "size")) {
            assertEquals(
                    plain,
                    BenchOptions.read(values(Command.BENCH, "--case", which))
                            .setup()
                            .hyperparameters()
                            .loss());
        }
        Values made = values(Command.BENCH, "--case", "size-train");
        assertTrue(assertThrows(JobException.class, () -> BenchOptions.read(made))
                .getMessage()
                .contains("--label-separator"));
        assertEquals(
                new BinaryCrossEntropy(0.0),
                StudyOptions.read(values(Command.STUDY))
                        .train()
                        .setup()
                        .hyperparameters()
                        .loss());
        assertEquals(
                4,
                StudyOptions.read(values(Command.STUDY, "--loss", "family", "--validation", "0.2"))
                        .losses()
                        .size());
        for (String losses : List.of("binary-cross-entropy;focal", "focal;binary-cross-entropy")) {
            Values mixed = values(Command.STUDY, "--loss", losses, "--validation", "0.2");
            JobException e = assertThrows(JobException.class, () -> StudyOptions.read(mixed));
            assertEquals(ExitStatus.OPTIONS, e.status());
            assertTrue(e.getMessage().contains("found focal"), e.getMessage());
        }
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void unknownAndRepeatedOptionsAreSaid() {
        assertTrue(mistake("--dept", "18").contains("--dept"));
        assertTrue(mistake("--depth", "18", "--depth", "50").contains("depth"));
        assertTrue(mistake("--depth").contains("depth"));
        assertTrue(mistake("stray").contains("stray"));
    }

    @Test
    void profilesGiveWayToLaterOnesAndToTheCommandLine() throws IOException {
        Files.writeString(conf.resolve("a.conf"), "# a comment\nlr = 0.1\nepochs = 7   # as well\ndepth=34\n");
        Files.writeString(conf.resolve("b.conf"), "epochs = 9\n");
        TrainSettings s = train("--profile", "a,b", "--depth", "50");
        assertEquals(0.1, s.setup().hyperparameters().optimization().rate());
        assertEquals(9, s.setup().hyperparameters().epochs());
        assertEquals("resnet50", s.setup().hyperparameters().architecture());
        assertTrue(mistake("--profile", "c").contains("c.conf"));
        assertTrue(mistake("--profile", "c\0").contains("expected a profile c"));
        Files.writeString(conf.resolve("c.conf"), "lr = 0.1\nspeed = 3\n");
        assertTrue(mistake("--profile", "c").contains("line 2"));
        Files.writeString(conf.resolve("c.conf"), "epochs = many\n");
        assertTrue(mistake("--profile", "c").contains("many"));
    }

    @Test
    void storesAreAFormAndAWindow() {
        assertEquals(new Storing(Storing.Form.AUTO, 1024), Storing.parse("auto").orElseThrow());
        assertEquals(
                new Storing(Storing.Form.ENCODED, 64),
                Storing.parse("encoded:64").orElseThrow());
        assertTrue(Storing.parse("decoded:0").isEmpty());
        assertTrue(Storing.parse("packed").isEmpty());
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("train", "--out", "x", "--store", "raw")));
    }

    @Test
    void commandsAreChecked() {
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("trian")));
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("train")));
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("evaluate", "--out", "x")));
        assertEquals(
                ExitStatus.OPTIONS,
                Main.run(List.of("evaluate", "--model", "x", "--out", "x", "--engine", "tensorflow")));
        assertEquals(ExitStatus.DONE, Main.run(List.of("--version")));
    }

    @ParameterizedTest
    @EnumSource(Command.class)
    void helpFitsAScreenAndGivesTheDefaults(Command command) {
        String help = Help.of(command);
        assertTrue(help.lines().count() <= 48, help);
        assertTrue(help.lines().allMatch(l -> l.length() <= 80), help);
        for (Option o : command.options()) {
            assertTrue(
                    help.contains("--" + o.name())
                            && (o.initial() == null || o.flag() || help.contains("(" + o.initial() + ")")),
                    o.name());
        }
        assertTrue(Help.general().lines().count() <= 24 && Help.general().contains(command.word()));
    }

    private List<String> swept(String losses) {
        List<String> arguments = List.of("--out", "somewhere", "--validation", "0.1", "--loss", losses);
        Values v = new Values(Command.STUDY, Arguments.parse(Command.STUDY, arguments), new Profiles(List.of(conf)));
        return StudyOptions.read(v).losses().stream().map(Losses::text).toList();
    }

    @Test
    void aLossIsSweptOverItsParameters() {
        assertEquals(
                List.of(
                        "label-smoothing:epsilon=0.0",
                        "max-sup:alpha=0.1",
                        "max-sup:alpha=0.2",
                        "focal:gamma=1.0",
                        "focal:gamma=2.0",
                        "focal:gamma=3.0"),
                swept("label-smoothing:epsilon=0; max-sup:alpha=0.1/0.2;focal:gamma=1/2/3"));
        assertEquals(
                List.of(
                        "margin-smoothing:alpha=0.1,margin=4.0",
                        "margin-smoothing:alpha=0.2,margin=4.0",
                        "margin-smoothing:alpha=0.1,margin=6.0",
                        "margin-smoothing:alpha=0.2,margin=6.0"),
                swept("margin-smoothing:margin=4/6,alpha=0.1/0.2"));
        assertEquals(16, swept("family").size());
        for (String wrong :
                List.of("focal:gamma=1/", "focal:gamma=1/1", "focal:gamma", "focal:=1/2", "focal:gamma=1/a", ";")) {
            JobException e = assertThrows(JobException.class, () -> swept(wrong), wrong);
            assertEquals(ExitStatus.OPTIONS, e.status(), wrong);
        }
    }

    @Test
    void waitingIsGivenInMinutes() {
        assertEquals(90, train("--wait-for-executors", "1.5").setup().waitForExecutors());
        assertEquals(0, train("--wait-for-executors", "0").setup().waitForExecutors());
    }

    private BenchSettings bench(String... arguments) {
        return BenchOptions.read(new Values(
                Command.BENCH, Arguments.parse(Command.BENCH, List.of(arguments)), new Profiles(List.of(conf))));
    }

    @Test
    void answersAreNumbersOfPicturesAndClasses() {
        assertEquals(
                List.of(new BenchSettings.Answers(600, 5), new BenchSettings.Answers(70, 2)),
                bench("--case", "size-answers", "--answers", "600x5, 70x2").answers());
        for (String wrong : List.of("600", "600x1", "0x5", "600x5x2", "600xmany")) {
            JobException e =
                    assertThrows(JobException.class, () -> bench("--case", "size-answers", "--answers", wrong), wrong);
            assertEquals(ExitStatus.OPTIONS, e.status());
            assertTrue(e.getMessage().contains("--answers") && e.getMessage().contains(wrong), e.getMessage());
        }
    }

    @Test
    void benchJobTakesATrainingsOptionsAndNeedsNoRunDirectory() {
        List<String> given = List.of("--case", "job", "--epochs", "2", "--frozen-epochs", "2", "--folds", "5");
        TrainSettings s = BenchOptions.job(
                new Values(Command.BENCH, Arguments.parse(Command.BENCH, given), new Profiles(List.of(conf))));
        assertEquals(2, s.setup().hyperparameters().frozenEpochs());
        assertEquals(5, s.folds());
        assertNull(s.out());
    }

    @Test
    void benchMeasuresEachEngineWithThePrecisionsThatItHas() {
        List<String> arguments = List.of("--engine", "bigdl,onnxruntime", "--precision", "float32,int8");
        Values v = new Values(Command.BENCH, Arguments.parse(Command.BENCH, arguments), new Profiles(List.of(conf)));
        assertEquals(
                List.of(
                        new BenchSettings.Scoring(ScoringEngine.BIGDL, false),
                        new BenchSettings.Scoring(ScoringEngine.ONNXRUNTIME, false),
                        new BenchSettings.Scoring(ScoringEngine.ONNXRUNTIME, true)),
                BenchOptions.read(v).scoring());
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("bench", "inference", "--precision", "int8")));
        assertEquals(
                ExitStatus.OPTIONS, Main.run(List.of("export", "--model", "x", "--out", "y", "--precision", "int8")));
        // They would be of no use in float32.
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("export", "--model", "x", "--out", "y", "--pictures", "9")));
    }

    @Test
    void benchJobMeasuresWholeRunsOnly() {
        Values v = new Values(
                Command.BENCH,
                Arguments.parse(Command.BENCH, List.of("--case", "job", "--resume", "--out", "run")),
                new Profiles(List.of(conf)));
        JobException e = assertThrows(JobException.class, () -> BenchOptions.job(v));
        assertTrue(e.getMessage().startsWith("expected no --resume"), e.getMessage());
    }

    @Test
    void benchsOtherCasesTakeNoViewsFromAProfile() {
        List<String> given = List.of("--case", "job", "--frozen-epochs", "2", "--views", "2");
        Values v = new Values(Command.BENCH, Arguments.parse(Command.BENCH, given), new Profiles(List.of(conf)));
        assertEquals(
                2, BenchOptions.job(v).setup().hyperparameters().augmentation().views());
        assertEquals(
                1, BenchOptions.read(v).setup().hyperparameters().augmentation().views());
    }

    @Test
    void benchTakesItsCaseAsAWordOrAnOption() {
        Values v = new Values(
                Command.BENCH,
                Arguments.parse(Command.BENCH, List.of("--case", "scaling", "--executors", "2, 4,8")),
                new Profiles(List.of(conf)));
        BenchSettings s = BenchOptions.read(v);
        assertTrue(s.manyClusters());
        assertEquals(List.of(2, 4, 8), s.executors());
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("bench", "everything")));
        Values folds = new Values(
                Command.BENCH,
                Arguments.parse(Command.BENCH, List.of("--case", "train", "--folds", "5")),
                new Profiles(List.of(conf)));
        JobException e = assertThrows(JobException.class, () -> BenchOptions.read(folds));
        assertEquals("expected --folds with bench job only, found it with bench train; leave it out", e.getMessage());
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("bench", "scaling", "--executors", "1")));
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("bench", "scaling", "--gigabits", "0")));
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("bench", "scaling", "--batch-size", "4")));
        assertEquals(ExitStatus.OPTIONS, Main.run(List.of("bench", "scaling", "--executors", "63,64")));
    }
}
