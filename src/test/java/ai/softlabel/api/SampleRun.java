package ai.softlabel.api;

import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.SampleFiles;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.train.Hyperparameters;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/** A small run of the command line's, and what its {@code predict} says. */
public final class SampleRun {
    private SampleRun() {}

    /**
     * Trains an epoch at 64 pixels on pictures of the built-in sample, and gives the run a temperature.
     *
     * @param pets where the pictures are written
     */
    public static void train(Path pets, Path run) throws IOException {
        SampleFiles.pets(pets, 4, 20, 8);
        System.setProperty("spark.ui.enabled", "false");
        Hyperparameters hyperparameters =
                Hyperparameters.builder().imageSize(64).batchSize(16).epochs(1).build();
        TrainingSetup setup = TrainingSetup.builder()
                .data(pets.toString())
                .replicas(2)
                .hyperparameters(hyperparameters)
                .build();
        try (Session session = Session.start("train", "local[2]");
                ConsoleProgress console = quiet()) {
            new TrainJob(TrainSettings.builder(setup, run.toString()).build(), session, console).run();
        }
        CalibrationFile.write(
                new Calibrator.Temperature(0.5), Directory.of("model", run.toString(), new Configuration()));
    }

    /** The rows of {@code predict}, by path, with all probabilities. */
    public static Map<String, Row> predict(Path run, Path data, Path out) throws IOException {
        return predict(run, data, out, null, null);
    }

    /** The rows of {@code predict} with an error or a coverage that its answers hold to; null for none. */
    public static Map<String, Row> predict(Path run, Path data, Path out, Double maxError, Double coverage)
            throws IOException {
        try (Session session = Session.start("predict", "local[2]");
                ConsoleProgress console = quiet()) {
            PredictSettings settings = new PredictSettings(
                    run.toString(),
                    data.toString(),
                    out.toString(),
                    0,
                    false,
                    3,
                    true,
                    false,
                    new PredictSettings.Limits(maxError, null, coverage));
            new PredictJob(settings, session, console).run();
            List<Row> rows = session.sql()
                    .read()
                    .parquet(out.resolve("predictions.parquet").toString())
                    .collectAsList();
            Map<String, Row> byPath = new HashMap<>();
            rows.forEach(r -> byPath.put(r.getAs("path"), r));
            return byPath;
        }
    }

    private static ConsoleProgress quiet() {
        return new ConsoleProgress(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), false);
    }
}
