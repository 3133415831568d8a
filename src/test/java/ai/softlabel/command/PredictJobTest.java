package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.calibrate.Answer;
import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.Selection;
import ai.softlabel.calibrate.SetAnswer;
import ai.softlabel.calibrate.SetsFit;
import ai.softlabel.command.export.ExportSettings;
import ai.softlabel.command.export.Int8Job;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.predict.PredictSettings.Limits;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.EngineChoice;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.CalibrationFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictJobTest extends JobFixture {
    private static final Calibrator.Temperature HALF = new Calibrator.Temperature(0.5);

    @TempDir
    static Path common;

    private static Path run;

    @BeforeAll
    static void model() throws IOException {
        run = common.resolve("run");
        new PredictJobTest().train(with(settings(pets, run), "epochs", 1), "local[2]");
        CalibrationFile.write(HALF, Directory.of("model", run.toString(), new Configuration()));
    }

    private static PredictSettings settings(Path data, Path out, double maxRejected, boolean all, boolean resume) {
        return new PredictSettings(run.toString(), data.toString(), out.toString(), maxRejected, false, 3, all, resume);
    }

    private void predict(PredictSettings settings, Session session) throws IOException {
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new PredictJob(settings, session, console).run();
        }
    }

    private static List<Row> rows(Session session, Path out) {
        return session.sql().read().parquet(out.resolve("predictions.parquet").toString()).collectAsList().stream()
                .sorted(Comparator.comparing((Row r) -> r.<String>getAs("path")))
                .toList();
    }

    /** The sample's pictures so many times over. */
    private Path pictures(int times) throws IOException {
        Path to = Files.createDirectories(dir.resolve("many"));
        try (Stream<Path> all = Files.list(pets.resolve("images"))) {
            for (Path p : all.sorted().toList()) {
                for (int i = 0; i < times; i++) {
                    Files.copy(p, to.resolve(i + "-" + p.getFileName()));
                }
            }
        }
        return to;
    }

    @Test
    void answersPicturesOfAnyLayoutWithTheRunsCalibrator() throws IOException {
        Path given = Files.createDirectories(dir.resolve("given/deeper"));
        Map<String, String> origin = new HashMap<>();
        for (String line : Files.readAllLines(pets.resolve("annotations/test.txt"))) {
            String name = line.split(" ")[0] + ".jpg";
            Path to = (origin.size() % 2 == 0 ? given : given.getParent()).resolve("a, " + origin.size() + ".jpg");
            Files.copy(pets.resolve("images").resolve(name), to);
            origin.put(dir.resolve("given").relativize(to).toString(), "images/" + name);
        }
        Files.writeString(given.resolve("broken.jpg"), "no picture");
        Path out = dir.resolve("out");
        try (Session session = Session.start("predict", "local[2]")) {
            JobException e = assertThrows(
                    JobException.class, () -> predict(settings(dir.resolve("given"), out, 0, true, false), session));
            assertEquals(ExitStatus.INPUT, e.status());
            assertTrue(e.getMessage().contains("found 1 of 33 (such as deeper/broken.jpg"), e.getMessage());
            assertEquals(ExitStatus.INPUT.code(), report(out).get("status").asInt());
            // Nothing is done again where only the limit was too low.
            predict(settings(dir.resolve("given"), out, 0.05, true, true), session);
            Map<String, Row> trained = new HashMap<>();
            for (Row r : session.sql()
                    .read()
                    .parquet(run.resolve("predictions.parquet").toString())
                    .collectAsList()) {
                trained.put(r.getAs("path"), r);
            }
            List<Row> answers = rows(session, out);
            assertEquals(origin.size(), answers.size());
            List<String> classes = classes();
            for (Row a : answers) {
                Row known = trained.get(origin.get(a.<String>getAs("path")));
                List<Float> logits = known.getList(known.fieldIndex("logits"));
                assertEquals(logits, a.getList(a.fieldIndex("logits")));
                float[] z = new float[logits.size()];
                for (int c = 0; c < z.length; c++) {
                    z[c] = logits.get(c);
                }
                List<Double> p = a.getList(a.fieldIndex("probabilities"));
                double[] expected = HALF.apply(z);
                for (int c = 0; c < z.length; c++) {
                    assertEquals(expected[c], p.get(c));
                }
                assertEquals(Collections.max(p), a.<Double>getAs("confidence"));
                assertEquals(classes.get(p.indexOf(Collections.max(p))), a.getAs("class"));
                List<Row> top = a.getList(a.fieldIndex("top_k"));
                List<Integer> order = IntStream.range(0, z.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer c) -> -p.get(c)))
                        .toList();
                assertEquals(3, top.size());
                for (int k = 0; k < top.size(); k++) {
                    assertEquals(classes.get(order.get(k)), top.get(k).getAs("class"));
                    assertEquals(p.get(order.get(k)), top.get(k).<Double>getAs("probability"));
                }
            }
            List<Row> rejected = session.sql()
                    .read()
                    .json(out.resolve("rejected.jsonl").toString())
                    .collectAsList();
            assertEquals(1, rejected.size());
            assertEquals("deeper/broken.jpg", rejected.get(0).getAs("path"));
        }
        JsonNode report = report(out);
        assertEquals(32, report.at("/data/count").asInt());
        assertEquals(1, report.at("/data/rejected").asInt());
        assertEquals("temperature", report.at("/model/recalibrated").asText());
    }

    /** Thresholds and sets of pictures that are the run's own answers four times over, of known scores. */
    private static Calibration calibration(Session session) {
        List<Labelled> data = new java.util.ArrayList<>();
        for (Row r : session.sql()
                .read()
                .parquet(run.resolve("predictions.parquet").toString())
                .collectAsList()) {
            List<Float> z = r.getList(r.fieldIndex("logits"));
            float[] logits = new float[z.size()];
            IntStream.range(0, logits.length).forEach(c -> logits[c] = z.get(c));
            for (int i = 0; i < 4; i++) {
                data.add(new Labelled(i + r.<String>getAs("path"), logits, r.<Integer>getAs("label")));
            }
        }
        List<Calibrator> maps = Collections.nCopies(5, HALF);
        Selection selection = Selection.of(data.stream()
                        .map(d -> Answer.of(d, HALF.apply(d.logits())))
                        .toList())
                .orElseThrow();
        SetsFit sets = SetsFit.of(
                        data.stream()
                                .map(d -> SetAnswer.of(d, HALF.apply(d.logits())))
                                .toList(),
                        maps,
                        SetsFit.inMemory(data, maps))
                .orElseThrow();
        return new Calibration(HALF, selection, sets.best());
    }

    @Test
    void enginesGiveTheSameAnswersAndAreNotMixed() throws IOException {
        Map<EngineChoice, Path> outs = new HashMap<>();
        try (Session session = Session.start("predict", "local[2]")) {
            for (EngineChoice engine : EngineChoice.values()) {
                outs.put(engine, dir.resolve(engine.toString()));
                predict(with(engine, outs.get(engine), false), session);
            }
            List<Row> own = rows(session, outs.get(EngineChoice.BIGDL));
            List<Row> others = rows(session, outs.get(EngineChoice.ONNXRUNTIME));
            assertEquals(own.size(), others.size());
            for (int i = 0; i < own.size(); i++) {
                assertEquals(own.get(i).<String>getAs("path"), others.get(i).<String>getAs("path"));
                assertEquals(
                        own.get(i).<Double>getAs("confidence"), others.get(i).<Double>getAs("confidence"), 1e-4);
            }
            JobException e = assertThrows(
                    JobException.class,
                    () -> predict(with(EngineChoice.BIGDL, outs.get(EngineChoice.ONNXRUNTIME), true), session));
            assertTrue(e.getMessage().contains("found that engine differ"), e.getMessage());
            // What is measured is the engine of the rows that are there.
            String measured =
                    report(outs.get(EngineChoice.AUTO)).at("/model/engine").asText();
            predict(with(EngineChoice.AUTO, outs.get(EngineChoice.AUTO), true), session);
            assertEquals(
                    measured,
                    report(outs.get(EngineChoice.AUTO)).at("/model/engine").asText());
            String line = said.toString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> l.startsWith("engine "))
                    .reduce((a, b) -> a + b)
                    .orElseThrow();
            assertTrue(
                    line.matches("engine " + measured + ": bigdl \\d+, onnxruntime \\d+ pictures/s in a task"), line);
        }
        assertEquals(
                "onnxruntime",
                report(outs.get(EngineChoice.ONNXRUNTIME)).at("/model/engine").asText());
    }

    @Test
    void exportsTheModelInEightBits() throws Exception {
        Path file = dir.resolve("int8.onnx");
        Path others = Files.createDirectories(dir.resolve("others"));
        Files.copy(pets.resolve("images").resolve(firstTestPicture()), others.resolve("another.jpg"));
        try (Session session = Session.start("export", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            JobException e =
                    assertThrows(JobException.class, () -> new Int8Job(int8(others, file), session, console).run());
            assertEquals(ExitStatus.INPUT, e.status());
            assertTrue(
                    e.getMessage().contains("found 0 of the 32 that it was not trained on, and 1 others"),
                    e.toString());
            assertFalse(Files.exists(file));
            new Int8Job(int8(pets, file), session, console).run();
        }
        String line = said.toString(StandardCharsets.UTF_8);
        assertTrue(line.contains("calibrating int8 on 16 training pictures\n"), line);
        assertTrue(line.contains("int8 on 32 pictures: error ") && line.contains("fewer than 334 are too few"), line);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession model = environment.createSession(file.toString())) {
            Map<String, String> metadata = model.getMetadata().getCustomMetadata();
            assertEquals("int8", metadata.get("precision"));
            assertEquals(
                    "temperature",
                    JSON.readTree(metadata.get("calibration")).get("method").asText());
            JsonNode figures = JSON.readTree(metadata.get("int8"));
            assertEquals(16, figures.get("calibrated_on").asInt());
            assertEquals(32, figures.get("compared_on").asInt());
            assertEquals("test", figures.get("part").asText());
            assertEquals(
                    report(run).at("/test/error").asDouble(),
                    figures.get("error_float32").asDouble(),
                    1e-9);
        }
        long float32 = Files.size(run.resolve("model.safetensors"));
        assertTrue(Files.size(file) < 0.3 * float32, Files.size(file) + " of " + float32);
    }

    private static String firstTestPicture() throws IOException {
        return Files.readAllLines(pets.resolve("annotations/test.txt")).get(0).split(" ")[0] + ".jpg";
    }

    private static ExportSettings int8(Path data, Path file) {
        return new ExportSettings(
                run.toString(), "onnx", file.toString(), new ExportSettings.Int8(data.toString(), 16));
    }

    private static PredictSettings with(EngineChoice engine, Path out, boolean resume) {
        return new PredictSettings(
                run.toString(),
                pets.resolve("images").toString(),
                out.toString(),
                0,
                false,
                3,
                false,
                resume,
                PredictSettings.Limits.NONE,
                false,
                engine);
    }

    @Test
    void abstainsBelowTheThresholdAndWritesSets() throws IOException {
        Path confident = Files.createDirectories(dir.resolve("confident"));
        for (String file : List.of("model.safetensors", "model.json")) {
            Files.copy(run.resolve(file), confident.resolve(file));
        }
        Path out = dir.resolve("out");
        Limits half = new Limits(null, 0.5, 0.9);
        try (Session session = Session.start("predict", "local[2]")) {
            JobException none =
                    assertThrows(JobException.class, () -> predict(limited(confident, out, half, false), session));
            assertEquals(ExitStatus.INPUT, none.status());
            assertTrue(none.getMessage().contains("calibration.json"), none.getMessage());
            Calibration c = calibration(session);
            CalibrationFile.write(c, Directory.of("model", confident.toString(), new Configuration()));
            JobException high = assertThrows(
                    JobException.class,
                    () -> predict(
                            limited(confident, dir.resolve("high"), new Limits(1e-6, null, null), false), session));
            assertEquals(ExitStatus.OPTIONS, high.status());
            assertTrue(
                    high.getMessage()
                            .contains("found none with " + c.selection().size()),
                    high.getMessage());
            predict(limited(confident, out, half, true), session);
            double threshold = c.selection().thresholds()[c.selection().minCoverage(0.5)];
            List<String> classes = classes();
            int abstained = 0;
            for (Row r : rows(session, out)) {
                List<Float> z = r.getList(r.fieldIndex("logits"));
                float[] logits = new float[z.size()];
                IntStream.range(0, logits.length).forEach(i -> logits[i] = z.get(i));
                assertEquals(c.selection().score().of(logits), r.<Double>getAs("score"));
                assertEquals(r.<Double>getAs("score") < threshold, r.<Boolean>getAs("abstain"));
                List<String> expected = java.util.Arrays.stream(
                                c.sets().maker(0.9).of(r.getAs("path"), logits))
                        .mapToObj(classes::get)
                        .toList();
                assertEquals(expected, r.getList(r.fieldIndex("prediction_set")));
                abstained += r.<Boolean>getAs("abstain") ? 1 : 0;
            }
            JsonNode report = ReportSchema.checked(report(out));
            assertEquals(abstained, report.at("/selective/abstained").asInt());
            assertEquals(
                    report.at("/data/count").asInt() - abstained,
                    report.at("/selective/answered").asInt());
            assertTrue(abstained > 0 && abstained < 112, "abstained " + abstained);
            assertEquals(0.9, report.at("/sets/wanted").asDouble());
            assertTrue(said.toString(StandardCharsets.UTF_8).contains("left to a person: at least 0.5"));
            JobException other = assertThrows(
                    JobException.class,
                    () -> predict(limited(confident, out, new Limits(null, 0.6, 0.9), true), session));
            assertTrue(other.getMessage().contains("min_coverage"), other.getMessage());
        }
        assertThrows(JobException.class, () -> new Limits(0.1, 0.1, null));
    }

    private PredictSettings limited(Path model, Path out, Limits limits, boolean replace) {
        boolean resume = replace && Files.exists(out.resolve("plan.json"));
        return new PredictSettings(
                model.toString(),
                pets.resolve("images").toString(),
                out.toString(),
                0.05,
                replace && !resume,
                3,
                true,
                resume,
                limits);
    }

    private static List<String> classes() throws IOException {
        List<String> classes = new java.util.ArrayList<>();
        JSON.readTree(run.resolve("model.json").toFile()).get("classes").forEach(c -> classes.add(c.asText()));
        return classes;
    }

    /** The tasks of the stages that classify, and what the driver is sent of all tasks of the command. */
    private static class Stages extends SparkListener {
        private final Map<Integer, Integer> tasks = new ConcurrentHashMap<>();
        private final Set<String> localities = ConcurrentHashMap.newKeySet();
        private final Set<Integer> described = ConcurrentHashMap.newKeySet();
        private final List<Long> resultBytes = new CopyOnWriteArrayList<>();

        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted event) {
            StageInfo stage = event.stageInfo();
            String job = event.properties().getProperty("spark.job.description", "");
            if (!job.isEmpty()) {
                described.add(stage.stageId());
            }
            if (job.startsWith("predict ")) {
                tasks.put(stage.stageId(), stage.numTasks());
            }
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            if (classifies(end)) {
                localities.add(end.taskInfo().taskLocality().toString());
            }
            if (described.contains(end.stageId())) {
                resultBytes.add(end.taskMetrics().resultSize());
            }
        }

        boolean classifies(SparkListenerTaskEnd end) {
            return tasks.containsKey(end.stageId());
        }
    }

    @Test
    void eachPartitionIsATaskAndAFileAndNothingIsKept() throws IOException {
        Path many = pictures(2);
        Path out = dir.resolve("out");
        Stages stages = new Stages();
        try (Session session = Session.start("predict", "local[2]")) {
            SparkContext spark = session.spark().sc();
            spark.addSparkListener(stages);
            predict(settings(many, out, 0, false, false), session);
            assertTrue(spark.getPersistentRDDs().isEmpty());
            List<Path> files = parts(out);
            List<String> paths = new java.util.ArrayList<>();
            for (Path file : files) {
                List<Row> rows = session.sql().read().parquet(file.toString()).collectAsList();
                assertEquals(
                        List.of("path", "class", "confidence", "top_k"),
                        List.of(rows.get(0).schema().fieldNames()));
                rows.forEach(r -> paths.add(r.getAs("path")));
            }
            // 224 pictures in batches of 32.
            assertEquals(7, files.size());
            assertEquals(paths.stream().sorted().toList(), paths);
            assertEquals(224, paths.size());
        }
        assertEquals(List.of(7), List.copyOf(stages.tasks.values()));
        // Else most would wait for the hosts where the names lie.
        assertFalse(stages.localities.contains("NODE_LOCAL"), stages.localities.toString());
        // As much for 32 pictures as for 2,000: no name, no answer.
        assertTrue(stages.resultBytes.size() > 7, stages.resultBytes.toString());
        assertTrue(stages.resultBytes.stream().allMatch(b -> b < 4000), stages.resultBytes.toString());
    }

    private static List<Path> parts(Path out) throws IOException {
        try (Stream<Path> all = Files.list(out.resolve("predictions.parquet"))) {
            return all.filter(p -> p.toString().endsWith(".parquet")).sorted().toList();
        }
    }

    @Test
    void aStoppedRunGoesOnToTheRowsOfAnUndisturbedOne() throws IOException {
        Path many = pictures(4);
        Files.writeString(many.resolve("0-broken.jpg"), "no picture");
        Path whole = dir.resolve("whole");
        Path stopped = dir.resolve("stopped");
        try (Session session = Session.start("predict", "local[2]")) {
            predict(settings(many, whole, 0.05, true, false), session);
            SparkContext spark = session.spark().sc();
            SparkListener stop = new Stages() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd end) {
                    if (classifies(end)) {
                        spark.cancelAllJobs();
                    }
                }
            };
            spark.addSparkListener(stop);
            assertThrows(JobException.class, () -> predict(settings(many, stopped, 0.05, true, false), session));
            spark.removeSparkListener(stop);
        }
        assertEquals(ExitStatus.TRAINING.code(), report(stopped).get("status").asInt());
        Map<Path, FileTime> finished = new TreeMap<>();
        for (Path p : parts(stopped)) {
            finished.put(p, Files.getLastModifiedTime(p));
        }
        int all = parts(whole).size();
        assertTrue(!finished.isEmpty() && finished.size() < all, finished.size() + " of " + all);
        // A damaged part is none, and what a killed attempt left is no part.
        Path damaged = finished.keySet().iterator().next();
        finished.remove(damaged);
        Files.write(damaged, new byte[100]);
        Path left = stopped.resolve("predictions.parquet/.part-00099.parquet-7.part");
        Files.write(left, new byte[10]);
        // Other slots than before: the partitions stay as they were.
        try (Session session = Session.start("predict", "local[3]")) {
            PredictSettings others = new PredictSettings(
                    run.toString(), many.toString(), stopped.toString(), 0.05, false, 4, true, true);
            JobException e = assertThrows(JobException.class, () -> predict(others, session));
            assertEquals(ExitStatus.OPTIONS, e.status());
            assertTrue(e.getMessage().contains("found that top_k differ"), e.getMessage());
            predict(settings(many, stopped, 0.05, true, true), session);
            assertEquals(rows(session, whole), rows(session, stopped));
        }
        for (Map.Entry<Path, FileTime> e : finished.entrySet()) {
            assertEquals(
                    e.getValue(),
                    Files.getLastModifiedTime(e.getKey()),
                    e.getKey().toString());
        }
        assertEquals(all, parts(stopped).size());
        assertFalse(Files.exists(left));
        assertEquals(report(whole).get("data"), report(stopped).get("data"));
        assertEquals(1, report(stopped).at("/data/rejected").asInt());
    }

    @Test
    void runsUnderDynamicAllocationAndSpeculation() throws IOException {
        Path many = pictures(1);
        Map<String, String> properties = Map.of(
                "spark.dynamicAllocation.enabled", "true",
                "spark.dynamicAllocation.minExecutors", "0",
                "spark.dynamicAllocation.initialExecutors", "0",
                "spark.speculation", "true");
        try (Session session = Session.start("predict", "local[2]")) {
            predict(settings(many, dir.resolve("local"), 0, true, false), session);
        }
        properties.forEach(System::setProperty);
        try (Session session = Session.start("predict", "local-cluster[2,1,2048]")) {
            predict(settings(many, dir.resolve("cluster"), 0, true, false), session);
            assertEquals(rows(session, dir.resolve("local")), rows(session, dir.resolve("cluster")));
        } finally {
            properties.keySet().forEach(System::clearProperty);
        }
    }

    @Test
    void noPictureAndNoModelAreSaidInOneLine() throws IOException {
        Path empty = Files.createDirectory(dir.resolve("empty"));
        try (Session session = Session.start("predict", "local[1]")) {
            PredictSettings settings = new PredictSettings(
                    empty.toString(), empty.toString(), dir.resolve("out").toString(), 0.05, false, 5, false, false);
            JobException e = assertThrows(JobException.class, () -> predict(settings, session));
            assertEquals(ExitStatus.INPUT, e.status());
            assertTrue(e.getMessage().contains("--model"), e.getMessage());
        }
    }
}
