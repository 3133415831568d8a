package ai.softlabel.command;

import static ai.softlabel.command.JobFixture.JSON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.CheckRun;
import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.audit.AuditJob;
import ai.softlabel.command.audit.AuditSettings;
import ai.softlabel.command.bench.BenchJob;
import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.command.calibrate.CalibrateJob;
import ai.softlabel.command.calibrate.CalibrateSettings;
import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.findlr.FindLrJob;
import ai.softlabel.command.findlr.FindLrSettings;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.study.StudyJob;
import ai.softlabel.command.study.StudySettings;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.loss.BinaryCrossEntropy;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import ai.softlabel.train.RateSearch;
import com.fasterxml.jackson.databind.JsonNode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of several labels, from a table of labels to the labels that are predicted. */
@Tag("spark")
class SeveralLabelsJobTest {
    private static final Map<String, Color> SPOTS = Map.of("blue", Color.BLUE, "green", Color.GREEN, "red", Color.RED);
    private static final int SIDE = 64;
    private static final int PICTURES = 160;

    @TempDir
    Path dir;

    /** Draws pictures with up to three spots; the labels are their colours, of some pictures none. */
    private Path data(Map<String, Set<String>> truth) throws IOException {
        Path images = Files.createDirectories(dir.resolve("data"));
        StringBuilder csv = new StringBuilder("path,label,split\n");
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < PICTURES; i++) {
            BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
            Graphics2D g = picture.createGraphics();
            g.setColor(new Color(90 + random.nextInt(40), 90 + random.nextInt(40), 90 + random.nextInt(40)));
            g.fillRect(0, 0, SIDE, SIDE);
            Set<String> labels = new TreeSet<>();
            for (String colour : new TreeSet<>(SPOTS.keySet())) {
                if (random.nextInt(2) == 0) {
                    labels.add(colour);
                    g.setColor(SPOTS.get(colour));
                    g.fillOval(random.nextInt(SIDE / 2), random.nextInt(SIDE / 2), SIDE / 2, SIDE / 2);
                }
            }
            g.dispose();
            String name = "spots_" + i + ".png";
            ImageIO.write(picture, "png", images.resolve(name).toFile());
            truth.put(name, labels);
            csv.append(name)
                    .append(',')
                    .append(labels.isEmpty() ? "|" : String.join(" | ", labels))
                    .append(i % 4 == 0 ? ",test\n" : ",train\n");
        }
        return Files.writeString(dir.resolve("labels.csv"), csv);
    }

    private static ConsoleProgress quiet() {
        return new ConsoleProgress(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), false);
    }

    private static JsonNode report(Path run) throws IOException {
        return JSON.readTree(run.resolve("report.json").toFile());
    }

    @Test
    void trainsEvaluatesAndPredicts() throws IOException, InterruptedException {
        Map<String, Set<String>> truth = new HashMap<>();
        String csv = data(truth).toString();
        String data = dir.resolve("data").toString();
        // In another order than that of their names, which evaluate does without.
        Path order = Files.writeString(dir.resolve("classes.txt"), "red\nblue\ngreen\n");
        LabelSource labels = new LabelSource(csv, null, Map.of(), null, order.toString(), " | ");
        Path run = dir.resolve("run");
        TrainingSetup setup = TrainingSetup.builder()
                .data(data)
                .labels(labels)
                .validation(new HeldOut(0.3, false))
                .replicas(2)
                .hyperparameters(Hyperparameters.builder()
                        .imageSize(SIDE)
                        .batchSize(8)
                        .epochs(4)
                        .loss(new BinaryCrossEntropy(0.1))
                        .build())
                .build();
        System.setProperty("spark.ui.enabled", "false");
        try (Session session = Session.start("train", "local[2]");
                ConsoleProgress console = quiet()) {
            new TrainJob(TrainSettings.builder(setup, run.toString()).build(), session, console).run();
            JsonNode trained = ReportSchema.checked(report(run));
            assertEquals(
                    "binary-cross-entropy:epsilon=0.1",
                    trained.at("/training/loss").asText());
            assertEquals(PICTURES / 4, trained.at("/labels/count").asInt());
            assertTrue(
                    trained.at("/labels/map_macro").asDouble() > 0.8,
                    trained.at("/labels").toString());
            List<String> names = new ArrayList<>();
            trained.at("/labels/each").fieldNames().forEachRemaining(names::add);
            assertEquals(List.of("red", "blue", "green"), names);
            String page = Files.readString(run.resolve("report.html"));
            assertTrue(page.contains("mAP, mean over labels") && page.contains("Where the time went"), page);

            Path scored = dir.resolve("scored");
            LabelSource one = new LabelSource(csv, null, Map.of(), null, null);
            new EvaluateJob(
                            new EvaluateSettings(run.toString(), data, one, scored.toString(), 0.05, false),
                            session,
                            console)
                    .run();
            JsonNode evaluated = ReportSchema.checked(report(scored));
            assertEquals(trained.at("/labels/each"), evaluated.at("/labels/each"));
            assertEquals(
                    trained.at("/labels/map_micro").asDouble(),
                    evaluated.at("/labels/map_micro").asDouble(),
                    1e-12);
            assertEquals(trained.get("test"), evaluated.get("test"));
            assertEquals(PICTURES / 4, evaluated.at("/labels/count").asInt());

            predicts(session, console, run, data, trained, truth);
            JobException refused = assertThrows(JobException.class, () -> new CalibrateJob(
                            new CalibrateSettings(run.toString(), RecalibrationMethod.AUTO, null, null),
                            session,
                            console)
                    .run());
            assertTrue(refused.getMessage().contains("found one of several labels"), refused.getMessage());
        }
        CheckRun.agreesAndFindsWhatIsPlanted(run, dir.resolve("scored"));
    }

    /** The commands that train besides train; a label of 20 training pictures is changed before the audit. */
    @Tag("long")
    @Test
    void othersTrainWithSeveralLabelsToo() throws IOException {
        Map<String, Set<String>> truth = new HashMap<>();
        Path csv = data(truth);
        Hyperparameters heads = Hyperparameters.builder()
                .imageSize(SIDE)
                .batchSize(8)
                .epochs(1)
                .frozenEpochs(1)
                .headPasses(20)
                .optimization(Optimization.builder().frozenRate(0.1).build())
                .loss(new BinaryCrossEntropy(0.1))
                .build();
        TrainingSetup setup = TrainingSetup.builder()
                .data(dir.resolve("data").toString())
                .labels(new LabelSource(csv.toString(), null, Map.of(), null, null, "|"))
                .weights(TestFiles.shared("weights/resnet18-imagenet.safetensors")
                        .toString())
                .replicas(2)
                .hyperparameters(heads)
                .build();
        System.setProperty("spark.ui.enabled", "false");
        try (Session session = Session.start("study", "local[2]");
                ConsoleProgress console = quiet()) {
            RateSearch rates = new FindLrJob(
                            new FindLrSettings(
                                    setup.toBuilder()
                                            .hyperparameters(heads.toBuilder()
                                                    .frozenEpochs(0)
                                                    .build())
                                            .build(),
                                    dir.resolve("lr").toString(),
                                    1e-6,
                                    1,
                                    8),
                            session,
                            console)
                    .run();
            // Of a head that knows nothing a sigmoid's loss is about ln 2.
            assertEquals(Math.log(2), rates.losses().get(0), 0.4);

            ByteArrayOutputStream line = new ByteArrayOutputStream();
            new BenchJob(
                            new BenchSettings("train", setup, 2, 1, List.of(2), 10, 0.1, null),
                            session,
                            new PrintStream(line, true, StandardCharsets.UTF_8))
                    .run();
            assertTrue(JSON.readTree(line.toString(StandardCharsets.UTF_8))
                            .get("images_per_second")
                            .asDouble()
                    > 0);

            Path study = dir.resolve("study");
            TrainSettings train = TrainSettings.builder(setup, study.toString())
                    .folds(2)
                    .scoreTraining(true)
                    .build();
            new StudyJob(new StudySettings(train, List.of(0.0, 0.2), 1, false), session, console).run();
            JsonNode table = JSON.readTree(study.resolve("study.json").toFile()).get("table");
            for (int i = 0; i < 2; i++) {
                JsonNode one = ReportSchema.checked(report(study.resolve("runs/smoothing-" + (i * 0.2) + "-seed-1")));
                assertEquals(
                        one.at("/training/loss").asText(),
                        table.at("/" + i + "/loss").asText());
                assertEquals(
                        one.at("/labels/map_macro").asDouble(),
                        table.at("/" + i + "/map_macro").asDouble(),
                        1e-12);
                assertTrue(table.at("/" + i + "/train_error").isNumber(), table.toString());
                assertTrue(table.at("/" + i + "/held_out_nll").isNumber(), table.toString());
            }
            assertTrue(Files.readString(study.resolve("study.html")).contains("mAP, mean over labels"));

            audits(session, console, csv, setup);
        }
    }

    private void audits(Session session, ConsoleProgress console, Path csv, TrainingSetup setup) throws IOException {
        Set<String> changed = new TreeSet<>();
        List<String> lines = new ArrayList<>();
        for (String l : Files.readAllLines(csv)) {
            boolean change = changed.size() < 20 && l.endsWith(",train") && !l.contains("red");
            lines.add(change ? l.replaceFirst(",", ",red | ") : l);
            if (change) {
                changed.add(l.substring(0, l.indexOf(',')));
            }
        }
        Files.write(csv, lines);
        Path out = dir.resolve("audit");
        new AuditJob(new AuditSettings(setup, null, out.toString(), 4, false), session, console).run();
        JsonNode report = ReportSchema.checked(report(out));
        assertTrue(report.get("test_error").asDouble() < 0.3, report.toString());
        List<String> found = Files.readAllLines(out.resolve("issues.csv")).stream()
                .filter(l -> l.contains(",label,"))
                .map(l -> l.substring(0, l.indexOf(',')))
                .toList();
        long right = found.stream().filter(changed::contains).count();
        assertTrue(right >= 10 && right * 3 >= found.size(), right + " of " + found);
        List<String> left = Files.readAllLines(out.resolve("labels.csv"));
        assertTrue(left.stream().anyMatch(l -> l.contains(" | ")), left.toString());
        assertTrue(left.stream().noneMatch(l -> l.startsWith(found.get(0) + ",")), left.toString());
    }

    /** The labels that predict writes are those of the report's figures: counted again, they give its F1. */
    private void predicts(
            Session session,
            ConsoleProgress console,
            Path run,
            String data,
            JsonNode trained,
            Map<String, Set<String>> truth)
            throws IOException {
        Path out = dir.resolve("predicted");
        new PredictJob(
                        new PredictSettings(run.toString(), data, out.toString(), 0, false, 3, true, false),
                        session,
                        console)
                .run();
        List<Row> rows = session.sql()
                .read()
                .parquet(out.resolve("predictions.parquet").toString())
                .collectAsList();
        assertEquals(PICTURES, rows.size());
        int hits = 0;
        int said = 0;
        int have = 0;
        for (Row r : rows) {
            String name = r.getAs("path");
            List<Row> labels = r.getList(r.fieldIndex("labels"));
            for (Row l : labels) {
                double threshold = trained.at("/labels/each/" + l.getString(0) + "/threshold")
                        .asDouble();
                assertTrue(l.getDouble(1) >= threshold);
            }
            int number = Integer.parseInt(name.replaceAll("\\D", ""));
            if (number % 4 == 0) {
                Set<String> of = truth.get(name);
                hits += (int)
                        labels.stream().filter(l -> of.contains(l.getString(0))).count();
                said += labels.size();
                have += of.size();
            }
        }
        assertEquals(trained.at("/labels/micro/f1").asDouble(), 2.0 * hits / (said + have), 1e-12);
        PredictSettings abstaining = new PredictSettings(
                run.toString(),
                data,
                dir.resolve("none").toString(),
                0,
                false,
                3,
                true,
                false,
                new PredictSettings.Limits(0.1, null, null));
        JobException refused =
                assertThrows(JobException.class, () -> new PredictJob(abstaining, session, console).run());
        assertTrue(refused.getMessage().contains("a threshold of its own"), refused.getMessage());
    }
}
