package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.command.bench.BenchJob;
import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.command.bench.ScalingJob;
import ai.softlabel.command.bench.SizeJob;
import ai.softlabel.command.bench.WholeJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.pipeline.Session;
import ai.softlabel.train.Wire;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the lines of bench hold; not how fast anything is. */
@Tag("spark")
class BenchJobTest extends JobFixture {
    private BenchSettings settings(String which, Wire wire) {
        TrainSettings train = with(settings(pets, dir.resolve("unused")), "exchange", wire);
        return new BenchSettings(which, with(train, "replicas", null).setup(), 4, 1, List.of(2), 10, 0.1, null);
    }

    private JsonNode line(BenchSettings settings, String master) throws IOException {
        try (Session session = Session.start("bench", master)) {
            return line(settings, session);
        }
    }

    private JsonNode line(BenchSettings settings, Session session) throws IOException {
        new BenchJob(settings, session, new PrintStream(said, true, StandardCharsets.UTF_8)).run();
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1, lines.size(), lines.toString());
        said.reset();
        return JSON.readTree(lines.get(0));
    }

    @Test
    void aLineForEachCaseInOneProcess() throws IOException {
        JsonNode train = line(settings("train", Wire.FLOAT32), "local[2]");
        for (String part : List.of("data", "compute", "exchange", "wait")) {
            assertTrue(train.get(part).asDouble() >= 0, train.toString());
        }
        assertEquals(
                16 / train.get("step_seconds").asDouble(),
                train.get("images_per_second").asDouble(),
                1e-9);
        assertEquals(0, train.get("bytes_per_executor_and_step").asDouble());
        assertTrue(line(settings("inference", Wire.FLOAT32), "local[2]")
                .get("images_per_second")
                .isNumber());
        assertTrue(line(settings("watching", Wire.FLOAT32), "local[2]")
                        .get("ratio")
                        .asDouble()
                > 0);
    }

    /** One epoch, and no run is left. */
    @Test
    void jobTellsWhereATrainingsTimeGoes() throws IOException {
        TrainSettings one = with(with(settings(pets, dir), "epochs", 1), "validation", new HeldOut(0.25, false));
        try (Session session = Session.start("bench", "local[2]")) {
            new WholeJob(with(one, "out", null), session, new PrintStream(said, true, StandardCharsets.UTF_8)).run();
        }
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        JsonNode line = JSON.readTree(lines.get(0));
        JsonNode seconds = line.get("seconds");
        phasesAddUp(seconds);
        for (String phase : List.of(
                "session",
                "listing",
                "weights",
                "reading",
                "stages",
                "steps",
                "checkpoints",
                "scoring",
                "intervals",
                "recalibration")) {
            assertTrue(seconds.path(phase).asDouble() > 0, phase + " in " + line);
        }
        // The body is not frozen, no launcher started this, and natives are there only where no earlier test loaded
        // them.
        for (String phase : List.of("features", "folds", "launch")) {
            assertFalse(seconds.has(phase), line.toString());
        }
        double whole = seconds.get("whole").asDouble();
        double others = line.get("not_steps_seconds").asDouble();
        assertEquals(whole, others + seconds.get("steps").asDouble(), 1e-9 * whole);
        assertEquals(others / whole, line.get("not_steps_share").asDouble(), 1e-12);
        // Besides the line: a head, a row for each phase and the whole, and what is not steps.
        assertEquals(1 + 1 + seconds.size() + 1, lines.size(), lines.toString());
        assertTrue(lines.get(lines.size() - 2).matches("whole +\\S+ +100\\.0 %"), lines.toString());
        assertTrue(lines.get(lines.size() - 1).startsWith("not steps "), lines.toString());
    }

    @Tag("long")
    @Test
    void sizeMeasuresEachNumberOfPictures() throws IOException {
        BenchSettings plain = settings("size", Wire.FLOAT32);
        Path out = dir.resolve("size");
        BenchSettings size = new BenchSettings(
                "size", plain.setup(), 4, 1, List.of(2), 10, 0.1, out.toString(), List.of(20, 90), List.of());
        try (Session session = Session.start("bench", "local[2]")) {
            new SizeJob(size, session, new PrintStream(said, true, StandardCharsets.UTF_8)).run();
        }
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, lines.size(), lines.toString());
        JsonNode large = JSON.readTree(lines.get(1));
        assertEquals(90, large.get("pictures").asInt());
        assertTrue(large.get("live_heap_bytes").asLong() > 10 << 20, lines.toString());
        assertTrue(large.get("beside_heap_bytes").asLong() > 10 << 20, lines.toString());
        assertTrue(large.get("images_per_second").asDouble() > 0);
        assertTrue(large.get("whole").asBoolean() && large.has("within") && !large.has("resumed"), lines.toString());
        assertEquals(2, large.get("replicas").asInt());
        assertEquals(4, Files.readAllLines(out.resolve("size.md")).size());

        // Another call has nothing to do, and needs no model.
        assertEquals(List.of("size.jsonl", "size.md"), names(out));
        said.reset();
        try (Session session = Session.start("bench", "local[2]")) {
            new SizeJob(size, session, new PrintStream(said, true, StandardCharsets.UTF_8)).run();
        }
        assertEquals(lines, said.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals(List.of("size.jsonl", "size.md"), names(out));
    }

    private static List<String> names(Path folder) throws IOException {
        return TestFiles.list(folder).stream()
                .map(f -> f.getFileName().toString())
                .sorted()
                .toList();
    }

    @Test
    void sizeOfAnswersTakesNoModel() throws IOException {
        BenchSettings s = new BenchSettings(
                "size-answers",
                settings("size-answers", Wire.FLOAT32).setup(),
                4,
                1,
                List.of(2),
                10,
                0.1,
                null,
                List.of(),
                List.of(new BenchSettings.Answers(600, 5), new BenchSettings.Answers(900, 7)));
        try (Session session = Session.start("bench", "local[2]")) {
            new SizeJob(s, session, new PrintStream(said, true, StandardCharsets.UTF_8)).run();
        }
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, lines.size(), lines.toString());
        for (int i = 0; i < 2; i++) {
            JsonNode row = JSON.readTree(lines.get(i));
            assertEquals(i == 0 ? 600 : 900, row.get("pictures").asInt());
            assertEquals(i == 0 ? 5 : 7, row.get("classes").asInt());
            assertTrue(row.get("report_bytes").asInt() > 5000, row.toString());
            assertTrue(row.get("evaluate_seconds").asDouble() > 0, row.toString());
            assertTrue(row.get("calibrate_seconds").asDouble() > 0, row.toString());
            assertEquals(
                    row.get("seconds").asDouble(),
                    row.get("evaluate_seconds").asDouble()
                            + row.get("calibrate_seconds").asDouble(),
                    1e-9);
            // In one process the driver is the executor.
            assertEquals(1, row.get("executors_measured").asInt());
            assertEquals(row.get("live_heap_bytes"), row.get("driver_live_heap_bytes"));
            long heap = row.get("live_heap_bytes").asLong();
            assertTrue(heap < Runtime.getRuntime().maxMemory(), row.toString());
            JsonNode first = JSON.readTree(lines.get(0));
            boolean within = heap <= 1.1 * first.get("live_heap_bytes").asLong()
                    && row.get("beside_heap_bytes").asLong()
                            <= 1.1 * first.get("beside_heap_bytes").asLong();
            assertEquals(within, row.get("within").asBoolean(), lines.toString());
        }
    }

    /**
     * Reduce-scatter and all-gather send 2 (n-1)/n of the model, within a tenth, whatever n is; bfloat16 half of it.
     */
    @Tag("long")
    @Test
    void theExchangeSendsWhatItMust() throws IOException {
        try (Session session = Session.start("bench", "local-cluster[4,1,1024]")) {
            for (Wire wire : Wire.values()) {
                JsonNode line = line(settings("exchange", wire), session);
                assertEquals(4, line.get("executors").asInt());
                double ideal = wire == Wire.FLOAT32 ? 1 : 0.5;
                assertEquals(ideal, line.get("bytes_over_ideal_float32").asDouble(), 0.1 * ideal);
            }
        }
    }

    @Tag("long")
    @Test
    void scalingMeasuresFitsAndPredicts() throws IOException {
        Path out = dir.resolve("scaling");
        BenchSettings s = settings("scaling", Wire.FLOAT32);
        new ScalingJob(
                        new BenchSettings("scaling", s.setup(), 3, 1, List.of(2, 3), 10, 0.1, out.toString()),
                        new PrintStream(said, true, StandardCharsets.UTF_8))
                .run();
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(lines, Files.readAllLines(out.resolve("scaling.jsonl")));
        assertEquals(
                11,
                lines.stream().filter(l -> l.contains("\"scaling prediction\"")).count());
        assertEquals(
                9, lines.stream().filter(l -> l.contains("\"scaling check\"")).count());
        String table = Files.readString(out.resolve("scaling.md"));
        assertTrue(table.contains("| 1024 |") && !table.contains("NaN"), table);
        String svg = Files.readString(out.resolve("scaling.svg"));
        assertTrue(svg.startsWith("<svg") && !svg.contains("NaN"), svg);
    }
}
