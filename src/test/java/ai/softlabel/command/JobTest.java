package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.calibrate.CalibrateJob;
import ai.softlabel.command.calibrate.CalibrateSettings;
import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** The commands on a real Spark, on a part of the built-in sample at a small size. */
class JobTest extends JobFixture {
    @Test
    void trainsWritesTheRunDirectoryAndEvaluatesToTheSameFigures() throws IOException {
        Path run = dir.resolve("run");
        JsonNode report = train(settings(pets, run), "local[2]");
        assertEquals(0, report.get("status").asInt());
        assertEquals(80, report.at("/data/train").asInt());
        assertEquals(32, report.at("/data/test").asInt());
        assertEquals(10, report.at("/training/steps").asInt());
        assertEquals(32, report.at("/test/count").asInt());
        assertEquals(
                32,
                report.at("/partitions/0/count").asInt()
                        + report.at("/partitions/1/count").asInt());
        List<String> epochs = Files.readAllLines(run.resolve("epochs.jsonl"));
        assertTrue(
                report.at("/training/final_loss").asDouble()
                        < JSON.readTree(epochs.get(0)).get("loss").asDouble(),
                epochs.toString());
        for (String file : List.of(
                "model.safetensors",
                "model.json",
                "epochs.jsonl",
                "confusion.csv",
                "report.html",
                "rejected.jsonl",
                "predictions.parquet/_SUCCESS",
                "checkpoints/epoch-0002.json")) {
            assertTrue(Files.exists(run.resolve(file)), file);
        }
        assertEquals(2, epochs.size());
        String html = Files.readString(run.resolve("report.html"));
        assertTrue(html.startsWith("<!doctype html>") && html.endsWith("</html>\n"));
        String words = html.replaceAll("base64,[^\"]*", "");
        for (String never : List.of("http:", "https:", "NaN", "null")) {
            assertFalse(words.contains(never), never + " in " + words);
        }

        assertTrue(
                html.contains("<polyline")
                        && html.contains("data:image/jpeg;base64,/9j/")
                        && html.contains("Without the 10 % least confident"),
                html);
        assertTrue(
                said.toString(StandardCharsets.UTF_8).contains("epoch 2 of 2  loss"),
                said.toString(StandardCharsets.UTF_8));

        Path out = dir.resolve("scored");
        try (Session session = Session.start("evaluate", "local[1]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new EvaluateJob(
                            new EvaluateSettings(run.toString(), pets.toString(), out.toString(), 0.05, false),
                            session,
                            console)
                    .run();
            predictionsAgree(session.sql(), run, report.get("test"));
        }
        assertEquals(report.get("test"), report(out).get("test"));
        assertEquals(report.get("slices"), report(out).get("slices"));
        assertEquals(4, report.at("/slices/breed").size());
        long inBands = 0;
        for (JsonNode band : report.at("/slices/confidence")) {
            inBands += band.get("count").asLong();
        }
        assertEquals(32, inBands);
        JsonNode limits = report.at("/test/intervals/error");
        double error = report.at("/test/error").asDouble();
        assertTrue(limits.get(0).asDouble() <= error && error <= limits.get(1).asDouble(), limits + " around " + error);
        assertFalse(said.toString(StandardCharsets.UTF_8).contains("warning:"));
    }

    /** The slices of prediction sets are those of the figures, and make up the whole. */
    private static void setsBySlice(JsonNode report) {
        JsonNode sets = report.get("sets");
        JsonNode whole = sets.at("/methods/" + sets.get("chosen").asText());
        ObjectNode kinds = sets.get("slices").deepCopy();
        kinds.set("breed", sets.get("classes"));
        for (String kind : List.of("breed", "species", "confidence")) {
            double covered = 0;
            double size = 0;
            for (Map.Entry<String, JsonNode> slice :
                    report.at("/slices/" + kind).properties()) {
                JsonNode of = kinds.get(kind).get(slice.getKey());
                assertEquals(slice.getValue().get("count"), of.get("count"), slice.getKey());
                covered += of.get("coverage").asDouble() * of.get("count").asLong();
                size += of.get("size").asDouble() * of.get("count").asLong();
                assertTrue(of.at("/coverage_interval/0").asDouble()
                        <= of.get("coverage").asDouble());
            }
            assertEquals(report.at("/slices/" + kind).size(), kinds.get(kind).size(), kind);
            assertEquals(whole.get("coverage").asDouble() * 32, covered, 1e-9, kind);
            assertEquals(whole.get("size").asDouble() * 32, size, 1e-9, kind);
        }
    }

    /** The test figures, computed again from the table that a run leaves. */
    private static void predictionsAgree(SparkSession spark, Path run, JsonNode test) {
        List<Row> rows = spark.read()
                .parquet(run.resolve("predictions.parquet").toString())
                .collectAsList();
        assertEquals(
                rows.stream().map(r -> r.<String>getAs("path")).sorted().toList(),
                rows.stream().map(r -> r.<String>getAs("path")).toList());
        double nll = 0;
        int wrong = 0;
        for (Row r : rows) {
            List<Double> p = r.getList(r.fieldIndex("probabilities"));
            int label = r.getAs("label");
            nll -= Math.log(p.get(label));
            wrong += p.indexOf(java.util.Collections.max(p)) == label ? 0 : 1;
            assertEquals(1, p.stream().mapToDouble(Double::doubleValue).sum(), 1e-12);
        }
        assertEquals(test.get("nll").asDouble(), nll / rows.size(), 1e-9);
        assertEquals(test.get("error").asDouble(), (double) wrong / rows.size());
    }

    @Test
    void recalibrationIsFittedOnTheValidationPartAndAppliedFromThenOn() throws IOException {
        Path run = dir.resolve("run");
        JsonNode report = train(
                with(with(settings(pets, run), "validation", new HeldOut(0.25, false)), "rate", 0.01), "local[2]");
        JsonNode section = report.get("recalibrated");
        assertEquals(20, report.at("/data/validation").asInt());
        assertEquals("0.25", report.at("/data/held_out").asText());
        assertEquals(80, report.at("/data/train").asInt());
        assertEquals(report.at("/test/nll"), section.at("/methods/none/nll"));
        assertEquals(report.at("/test/error"), section.at("/methods/temperature/error"));
        assertTrue(
                section.at("/methods/temperature/parameter").asDouble() > 0
                        && section.at("/methods/vector/parameters/scale").size() == 4,
                section.toString());
        JsonNode selective = report.get("selective");
        assertEquals(5, selective.get("scores").size());
        assertEquals(32, selective.get("count").asInt());
        assertEquals(100, selective.get("thresholds").size());
        assertEquals(
                section.get("error").asDouble(),
                selective.at("/thresholds/99/error").asDouble(),
                1e-12);
        JsonNode sets = report.get("sets");
        assertEquals(4, sets.get("methods").size());
        assertEquals(
                sets.at("/methods/" + sets.get("chosen").asText() + "/size").asDouble(),
                sets.at("/levels/2/size").asDouble());
        assertEquals(4, sets.get("classes").size());
        setsBySlice(report);
        assertTrue(Files.readString(run.resolve("report.html")).contains("person"));
        String chosen = section.get("chosen").asText();
        String written = Files.readString(run.resolve("calibration.json"));
        assertEquals(chosen, JSON.readTree(written).get("method").asText());
        Files.delete(run.resolve("calibration.json"));
        try (Session session = Session.start("calibrate", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            assertEquals(
                    chosen,
                    new CalibrateJob(new CalibrateSettings(run.toString(), RecalibrationMethod.AUTO), session, console)
                            .run()
                            .chosen());
            new EvaluateJob(
                            new EvaluateSettings(
                                    run.toString(),
                                    pets.toString(),
                                    dir.resolve("scored").toString(),
                                    0.05,
                                    false),
                            session,
                            console)
                    .run();
            Files.createDirectories(dir.resolve("empty"));
            JobException e = assertThrows(JobException.class, () -> new CalibrateJob(
                            new CalibrateSettings(dir.resolve("empty").toString(), RecalibrationMethod.AUTO),
                            session,
                            console)
                    .run());
            assertTrue(
                    e.status() == ExitStatus.INPUT && e.getMessage().contains("predictions.parquet"), e.getMessage());
        }
        assertEquals(written, Files.readString(run.resolve("calibration.json")));
        JsonNode scored = report(dir.resolve("scored"));
        assertEquals(report.get("test"), scored.get("test"));
        assertEquals(section.at("/methods/" + chosen + "/nll"), scored.at("/recalibrated/nll"));
        ObjectNode flat = section.deepCopy();
        flat.remove(List.of("methods", "validation_nll"));
        assertEquals(flat, scored.get("recalibrated"));
        assertEquals(selective, scored.get("selective"));
        try (Session session = Session.start("calibrate", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            String from = dir.resolve("scored").toString();
            new CalibrateJob(
                            new CalibrateSettings(run.toString(), RecalibrationMethod.TEMPERATURE, from),
                            session,
                            console)
                    .run();
            String none = dir.resolve("empty").toString();
            JobException e = assertThrows(JobException.class, () -> new CalibrateJob(
                            new CalibrateSettings(run.toString(), RecalibrationMethod.AUTO, none), session, console)
                    .run());
            assertTrue(e.getMessage().contains("--evaluated"), e.getMessage());
        }
        JsonNode fresh = JSON.readTree(run.resolve("calibration.json").toFile());
        assertEquals(
                32,
                fresh.at("/selection/held_out/count/99").asInt()
                        + fresh.at("/selection/choice/count/99").asInt());
        assertEquals("temperature", report(run).at("/recalibrated/chosen").asText());
    }

    @Test
    void theSameRecipeGivesTheSameBitsAgainAndAfterResume() throws IOException {
        Path one = dir.resolve("one");
        JsonNode first = train(settings(pets, one), "local[2]");
        JsonNode again = train(settings(pets, dir.resolve("again")), "local[2]");
        assertEquals(comparable(first), comparable(again));
        // One task that runs both replicas, after a first epoch elsewhere whose last checkpoint was damaged.
        Path resumed = dir.resolve("resumed");
        train(settings(pets, resumed), "local[2]");
        Files.write(resumed.resolve("checkpoints/epoch-0002.safetensors"), new byte[] {1, 2, 3});
        // The run's own two replicas, though there is one slot now and no number is given.
        JsonNode end = train(with(with(settings(pets, resumed), "resume", true), "replicas", null), "local[1]");
        assertArrayEquals(weights(one), weights(resumed));
        assertEquals(first.at("/training/final_loss"), end.at("/training/final_loss"));
        assertEquals(2, Files.readAllLines(resumed.resolve("epochs.jsonl")).size());
        JobException other = assertThrows(
                JobException.class,
                () -> train(
                        with(with(settings(pets, resumed), "resume", true), "loss", LabelSmoothing.of(0.2)),
                        "local[1]"));
        assertEquals(ExitStatus.INPUT, other.status());
        assertTrue(other.getMessage().contains("smoothing 0.1 instead of 0.2;"), other.getMessage());
    }

    @Test
    void oneThreadAReplicaOrSeveralReplicasATaskAreOnlyPlacements() throws IOException {
        TrainSettings four = with(with(settings(pets, dir.resolve("a")), "replicas", 4), "epochs", 1);
        JsonNode two = train(four, "local[2]");
        JsonNode cluster = train(with(four, "out", dir.resolve("b").toString()), "local-cluster[2,2,2048]");
        assertEquals(two.at("/training/final_loss"), cluster.at("/training/final_loss"));
        assertArrayEquals(weights(dir.resolve("a")), weights(dir.resolve("b")));
    }

    @Test
    void damagedFilesAreListedWithTheirReasonsAndTheRestIsTrainedOn() throws IOException {
        Path data = dir.resolve("data");
        for (String part : List.of("train", "test")) {
            Path list = pets.resolve("annotations").resolve(part.equals("train") ? "trainval.txt" : "test.txt");
            for (String line : Files.readAllLines(list)) {
                String name = line.split(" ")[0];
                Path to = data.resolve(part)
                        .resolve(name.substring(0, name.indexOf('_')))
                        .resolve(name + ".jpg");
                Files.createDirectories(to.getParent());
                Files.copy(pets.resolve("images").resolve(name + ".jpg"), to);
            }
        }
        Path bad = TestFiles.list(data.resolve("train")).get(0);
        byte[] whole = Files.readAllBytes(TestFiles.list(bad).get(0));
        Files.write(bad.resolve("truncated.jpg"), java.util.Arrays.copyOf(whole, whole.length / 2));
        Files.write(bad.resolve("empty.jpg"), new byte[0]);
        Files.writeString(bad.resolve("text.jpg"), "not a picture");
        Files.write(bad.resolve("one.jpg"), TestFiles.bytes("pictures/one.png"));
        Files.write(bad.resolve("huge.jpg"), TestFiles.bytes("pictures/huge.png"));
        TrainSettings s = with(settings(data, dir.resolve("run")), "epochs", 1);
        JobException tooMany = assertThrows(JobException.class, () -> train(with(s, "maxRejected", 0.01), "local[2]"));
        assertEquals(ExitStatus.INPUT, tooMany.status());
        assertTrue(tooMany.getMessage().contains("found 5 of 117"), tooMany.getMessage());
        assertEquals(3, report(dir.resolve("run")).get("status").asInt());
        JsonNode report = train(with(s, "out", dir.resolve("rest").toString()), "local[2]");
        assertEquals(80, report.at("/data/train").asInt());
        assertEquals(5, report.at("/data/rejected").asInt());
        String rejected = Files.readString(dir.resolve("rest/rejected.jsonl"));
        for (String expected : List.of(
                "empty.jpg\",\"reason\":\"the file is empty",
                "truncated.jpg\",\"reason\":\"truncated JPEG",
                "text.jpg\",\"reason\":\"not a picture",
                "1x1",
                "20000x20000")) {
            assertTrue(rejected.contains(expected), rejected);
        }
        assertEquals(rejected, Files.readString(dir.resolve("run/rejected.jsonl")));
    }

    @Test
    void aDivergingRunStopsWithTheStepAndTheRate() throws IOException {
        JobException e = assertThrows(
                JobException.class,
                () -> train(
                        with(with(settings(pets, dir.resolve("run")), "rate", 1e9), "schedule", "cosine"), "local[2]"));
        assertEquals(ExitStatus.TRAINING, e.status());
        assertTrue(
                e.getMessage()
                        .matches(
                                "expected a finite loss, found NaN in step \\d+ of epoch 1 at learning rate .*e\\+0[89]; .*"),
                e.getMessage());
        assertEquals(4, report(dir.resolve("run")).get("status").asInt());
    }

    @Test
    void mistakesEndInOneLine() throws IOException {
        Files.createDirectories(dir.resolve("full"));
        Files.writeString(dir.resolve("full/file"), "x");
        assertMistake(ExitStatus.OPTIONS, "to be empty or absent", settings(pets, dir.resolve("full")));
        assertMistake(
                ExitStatus.INPUT,
                "found nothing; check the path",
                with(settings(pets, dir.resolve("a")), "weights", dir + "/nowhere.safetensors"));
        assertMistake(
                ExitStatus.INPUT,
                "not a whole safetensors file",
                with(settings(pets, dir.resolve("b")), "weights", dir + "/full/file"));
        // Known before Spark starts.
        JobException replicas =
                assertThrows(JobException.class, () -> with(settings(pets, dir.resolve("c")), "replicas", 3));
        assertEquals(ExitStatus.OPTIONS, replicas.status());
        assertTrue(replicas.getMessage().contains("multiple of --replicas"), replicas.getMessage());
        assertMistake(ExitStatus.INPUT, "one batch of 96", with(settings(pets, dir.resolve("d")), "batchSize", 96));
        assertMistake(ExitStatus.INPUT, "found nothing", settings(dir.resolve("none"), dir.resolve("e")));
        JobException master =
                assertThrows(JobException.class, () -> train(settings(pets, dir.resolve("f")), "lokal[2]"));
        assertTrue(master.getMessage().contains("--master"), master.getMessage());
        System.setProperty("spark.dynamicAllocation.enabled", "true");
        try {
            assertMistake(ExitStatus.OPTIONS, "dynamicAllocation", settings(pets, dir.resolve("g")));
        } finally {
            System.clearProperty("spark.dynamicAllocation.enabled");
        }
    }

    private void assertMistake(ExitStatus status, String quoted, TrainSettings settings) {
        JobException e = assertThrows(JobException.class, () -> train(settings, "local[2]"));
        assertEquals(status, e.status());
        assertTrue(e.getMessage().contains(quoted) && e.getMessage().lines().count() == 1, e.getMessage());
    }
}
