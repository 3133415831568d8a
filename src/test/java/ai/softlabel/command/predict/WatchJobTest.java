package ai.softlabel.command.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.SampleFiles;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.EngineChoice;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.Hyperparameters;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code predict --watch}, each time over what is there. */
@Tag("spark")
class WatchJobTest {
    @TempDir
    Path dir;

    private void watch(Session session, boolean resume) throws IOException {
        PredictSettings settings = new PredictSettings(
                dir.resolve("run").toString(),
                dir.resolve("in").toString(),
                dir.resolve("out").toString(),
                0.05,
                false,
                3,
                false,
                resume,
                PredictSettings.Limits.NONE,
                true,
                EngineChoice.BIGDL);
        try (ConsoleProgress console = ConsoleProgress.silent()) {
            new WatchJob(settings, session, console, Trigger.AvailableNow()).run();
        }
    }

    private List<String> rows(Session session) {
        return session
                .sql()
                .read()
                .parquet(dir.resolve("out/predictions.parquet").toString())
                .collectAsList()
                .stream()
                .map(Row::toString)
                .sorted()
                .toList();
    }

    private int count(String field) throws IOException {
        JsonNode report =
                new ObjectMapper().readTree(dir.resolve("out/report.json").toFile());
        assertEquals("predict", report.path("command").asText());
        return report.at("/data/" + field).asInt();
    }

    @Test
    void eachPictureIsClassifiedOnceOverRestarts() throws IOException {
        System.setProperty("spark.ui.enabled", "false");
        Path pets = dir.resolve("pets");
        SampleFiles.pets(pets, 4, 20, 8);
        List<Path> all;
        try (Stream<Path> found = Files.list(pets.resolve("images"))) {
            all = new ArrayList<>(found.sorted().toList());
        }
        Path in = Files.createDirectories(dir.resolve("in/a folder, deeper")).getParent();
        try (Session session = Session.start("train", "local[2]");
                ConsoleProgress console = ConsoleProgress.silent()) {
            TrainingSetup setup = TrainingSetup.builder()
                    .data(pets.toString())
                    .replicas(2)
                    .hyperparameters(Hyperparameters.builder()
                            .imageSize(64)
                            .batchSize(16)
                            .epochs(1)
                            .build())
                    .build();
            new TrainJob(
                            TrainSettings.builder(setup, dir.resolve("run").toString())
                                    .build(),
                            session,
                            console)
                    .run();
            new PredictJob(
                            new PredictSettings(
                                    dir.resolve("run").toString(),
                                    pets.resolve("images").toString(),
                                    dir.resolve("whole").toString(),
                                    0.05,
                                    false,
                                    3,
                                    false,
                                    false),
                            session,
                            console)
                    .run();

            for (Path p : all.subList(0, 50)) {
                Files.copy(p, in.resolve(p.getFileName()));
            }
            Files.writeString(in.resolve("broken.jpg"), "no picture");
            Files.writeString(in.resolve("notes.txt"), "no picture either");
            watch(session, false);
            assertEquals(50, rows(session).size());
            assertEquals(50, count("count"));
            assertEquals(1, count("rejected"));

            JobException taken = assertThrows(JobException.class, () -> watch(session, false));
            assertEquals(ExitStatus.OPTIONS, taken.status());
        }
        // The batch's end was not noted before the process was killed, and one of its partitions was not written.
        Path out = dir.resolve("out");
        List<Path> files;
        try (Stream<Path> found = Files.list(out.resolve("predictions.parquet"))) {
            files = found.filter(f -> f.toString().endsWith(".parquet"))
                    .sorted()
                    .toList();
        }
        Files.delete(files.get(0));
        Files.delete(out.resolve("watched/commits/0"));
        Files.deleteIfExists(out.resolve("watched/commits/.0.crc"));
        for (Path p : all.subList(50, all.size())) {
            Files.copy(p, in.resolve("a folder, deeper").resolve(p.getFileName()));
        }
        try (Session session = Session.start("predict", "local[1]")) {
            watch(session, true);
            List<String> expected =
                    session
                            .sql()
                            .read()
                            .parquet(dir.resolve("whole/predictions.parquet").toString())
                            .collectAsList()
                            .stream()
                            .map(Row::toString)
                            .sorted()
                            .toList();
            List<String> found = rows(session).stream()
                    .map(r -> r.replace("a folder, deeper/", ""))
                    .sorted()
                    .toList();
            assertEquals(expected, found);
            assertEquals(all.size(), count("count"));
            assertEquals(1, count("rejected"));
            // Nothing new: nothing happens.
            watch(session, true);
            assertEquals(all.size(), rows(session).size());
            assertEquals(all.size(), count("count"));
        }
    }
}
