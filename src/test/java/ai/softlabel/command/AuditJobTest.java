package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import ai.softlabel.command.audit.AuditJob;
import ai.softlabel.command.audit.AuditSettings;
import ai.softlabel.data.LabelSource;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import com.fasterxml.jackson.databind.JsonNode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** An audit of a part of the built-in sample with planted faults. */
class AuditJobTest extends JobFixture {
    private static TrainingSetup setup(Path data, Path labels) {
        Hyperparameters h = Hyperparameters.builder()
                .imageSize(96)
                .batchSize(16)
                .epochs(1)
                .frozenEpochs(1)
                .headPasses(20)
                .optimization(Optimization.builder().frozenRate(0.1).build())
                .build();
        return TrainingSetup.builder()
                .data(data.toString())
                .labels(new LabelSource(labels.toString(), null, Map.of(), null, null))
                .weights(TestFiles.shared("weights/resnet18-imagenet.safetensors")
                        .toString())
                .replicas(2)
                .hyperparameters(h)
                .stepTimeout(120)
                .build();
    }

    private void audit(AuditSettings settings, Session session) throws IOException {
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new AuditJob(settings, session, console).run();
        }
    }

    private static void mirrored(Path from, Path to) throws IOException {
        BufferedImage image = ImageIO.read(from.toFile());
        BufferedImage out = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = out.createGraphics();
        g.drawImage(image, image.getWidth(), 0, -image.getWidth(), image.getHeight(), null);
        g.dispose();
        ImageIO.write(out, "jpg", to.toFile());
    }

    @Test
    void findsWhatWasPlantedAndWritesLabelsThatTrainTakes() throws IOException {
        List<String> names = TestFiles.list(pets.resolve("images")).stream()
                .map(p -> p.getFileName().toString())
                .toList();
        Path data = dir.resolve("data");
        Files.createDirectories(data.resolve("images"));
        List<String> rows = new ArrayList<>(List.of("path,label,split"));
        String wrong = null;
        for (String name : names) {
            Files.copy(pets.resolve("images/" + name), data.resolve("images/" + name));
            String breed = name.substring(0, name.indexOf('_'));
            // Of each breed 28 pictures; the last 8 by number are for testing.
            boolean test = Integer.parseInt(name.replaceAll("\\D", "")) > 24;
            String label = breed;
            if (wrong == null && !test) {
                wrong = "images/" + name;
                label = names.get(names.size() - 1).replaceFirst("_.*", "");
            }
            rows.add("images/" + name + "," + label + "," + (test ? "test" : "train"));
        }
        String original =
                names.stream().filter(n -> n.contains("_25")).findFirst().orElseThrow();
        String breed = original.substring(0, original.indexOf('_'));
        Files.copy(data.resolve("images/" + original), data.resolve("images/same.jpg"));
        mirrored(data.resolve("images/" + original), data.resolve("images/mirrored.jpg"));
        BufferedImage grey = new BufferedImage(120, 120, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = grey.createGraphics();
        g.setColor(Color.LIGHT_GRAY);
        g.fillRect(0, 0, 120, 120);
        g.dispose();
        ImageIO.write(grey, "png", data.resolve("images/blank.png").toFile());
        rows.add("images/same.jpg," + breed + ",train");
        rows.add("images/mirrored.jpg," + breed + ",train");
        rows.add("images/blank.png," + breed + ",train");
        Path labels = Files.write(dir.resolve("labels.csv"), rows);
        Path out = dir.resolve("audit");
        AuditSettings settings = new AuditSettings(setup(data, labels), null, out.toString(), 4, false);
        try (Session session = Session.start("audit", "local[2]")) {
            audit(settings, session);
            JsonNode report = report(out);
            assertEquals(32, report.at("/data/test").asInt());
            List<String> issues = Files.readAllLines(out.resolve("issues.csv"));
            assertEquals("path,label,issue,suggestion,other,score", issues.get(0));
            String planted = wrong;
            // The surest of the wrong labels, with its true class.
            String right = planted.replaceFirst("images/", "").replaceFirst("_.*", "");
            assertTrue(issues.get(1).startsWith(planted + ","), issues.toString());
            assertTrue(issues.get(1).contains(",label," + right + ","), issues.get(1));
            for (String copy : List.of("images/same.jpg", "images/mirrored.jpg")) {
                assertTrue(
                        issues.stream()
                                .anyMatch(l -> l.startsWith(copy + "," + breed + ",leak,drop,images/" + original)),
                        issues.toString());
            }
            assertTrue(issues.stream().anyMatch(l -> l.startsWith("images/blank.png," + breed + ",blank,drop,,")));
            assertEquals(
                    issues.size() - 1,
                    Files.readAllLines(out.resolve("audit.jsonl")).size());
            String left = Files.readString(out.resolve("labels.csv"));
            for (String gone : List.of(wrong, "images/same.jpg", "images/mirrored.jpg", "images/blank.png")) {
                assertFalse(left.contains(gone + ","), gone);
            }
            assertTrue(left.contains("images/" + original + "," + breed + ",test"), left);
            String page = Files.readString(out.resolve("report.html"));
            assertTrue(page.contains("labels.csv") && page.contains(wrong), "the page lacks the issues");

            assertEquals(
                    ExitStatus.OPTIONS,
                    assertThrows(JobException.class, () -> audit(settings, session))
                            .status());

            // What is left trains.
            Path run = dir.resolve("run");
            LabelSource cleaned = new LabelSource(out.resolve("labels.csv").toString(), null, Map.of(), null, null);
            JsonNode trained = train(
                    settings(data, run).toBuilder()
                            .setup(settings(data, run).setup().toBuilder()
                                    .labels(cleaned)
                                    .build())
                            .build(),
                    session);
            assertEquals(
                    left.lines().count() - 1 - 32, trained.at("/data/train").asLong());

            // A run's body serves as well as pretrained weights.
            Path again = dir.resolve("audit-of-run");
            TrainingSetup without =
                    setup(data, labels).toBuilder().weights(null).build();
            audit(new AuditSettings(without, run.toString(), again.toString(), 2, false), session);
            assertTrue(report(again).at("/issues/leak").asInt() >= 2);
        }
    }

    @Test
    void settingsThatCanNotWorkAreRefused() {
        TrainingSetup none = TrainingSetup.builder().build();
        assertEquals(
                ExitStatus.OPTIONS,
                assertThrows(JobException.class, () -> new AuditSettings(none, null, "out", 5, false))
                        .status());
        assertTrue(assertThrows(JobException.class, () -> new AuditSettings(none, "run", "out", 5, false))
                .getMessage()
                .contains("--frozen-epochs"));
    }
}
