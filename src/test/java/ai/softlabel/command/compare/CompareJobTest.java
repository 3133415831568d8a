package ai.softlabel.command.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.pipeline.ConsoleProgress;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareJobTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    /** A run directory with what {@code compare} reads. */
    private Path run(String name, double error, double smoothing, double rate) throws IOException {
        Path run = Files.createDirectories(dir.resolve(name));
        ObjectNode report = JSON.createObjectNode()
                .put("schema", 1)
                .put("command", "train")
                .put("version", "1")
                .put("git", "0123456789abcdef")
                .put("status", 0);
        report.putObject("data").put("path", "pets").put("split", "official").put("fingerprint", "00ff");
        report.putObject("model").put("architecture", "resnet18").put("image_size", 64);
        report.putObject("training")
                .put("loss", "label-smoothing:epsilon=" + smoothing)
                .put("seed", 1)
                .put("seconds", 12.25)
                .put("epochs", 2);
        ObjectNode test = report.putObject("test")
                .put("count", 100)
                .put("error", error)
                .put("nll", 2 * error)
                .put("ece", 0.25)
                .put("aurc", 0.125);
        test.putArray("bins")
                .addObject()
                .put("low", 0)
                .put("high", 1)
                .put("count", 100)
                .put("confidence", 0.5)
                .put("accuracy", 0.75);
        report.putObject("recalibrated")
                .put("chosen", "vector")
                .put("nll", error)
                .put("ece", 0.0625)
                .put("aurc", 0.1)
                .putObject("methods");
        Files.writeString(run.resolve("report.json"), report.toString());
        StringBuilder epochs = new StringBuilder();
        for (int e = 1; e <= 2; e++) {
            epochs.append("{\"epoch\":%d,\"loss\":%s,\"test\":{\"error\":%s,\"nll\":1,\"ece\":0.1}}\n"
                    .formatted(e, 3.0 / e, error));
        }
        Files.writeString(run.resolve("epochs.jsonl"), epochs.toString());
        Files.createDirectories(run.resolve("checkpoints"));
        Files.writeString(
                run.resolve("checkpoints/epoch-0002.json"),
                "{\"settings\":{\"version\":\"2\",\"lr\":\"%s\",\"smoothing\":\"%s\",\"momentum\":\"0.9\"}}"
                        .formatted(rate, smoothing));
        return run;
    }

    private String compare(Path page, Path... runs) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        List<String> paths = Arrays.stream(runs).map(Path::toString).toList();
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new CompareJob(new CompareSettings(paths, page == null ? null : page.toString()), console).run();
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private JobException mistake(ExitStatus status, Path... runs) {
        JobException e = assertThrows(JobException.class, () -> compare(null, runs));
        assertEquals(status, e.status(), e.getMessage());
        return e;
    }

    /** The line that begins with a word, its columns separated by single spaces. */
    private static String row(String text, String first) {
        return text.lines()
                .filter(l -> l.startsWith(first + " "))
                .findFirst()
                .orElseThrow()
                .replaceAll(" +", " ");
    }

    @Test
    void figuresAndDifferencesAreSideBySide() throws IOException {
        String text = compare(null, run("one", 0.5, 0.0, 0.01), run("two", 0.25, 0.1, 0.02));
        assertEquals("one 0.5000 1.0000 0.5000 0.2500 0.0625 – 0.1250 0.1000 vector 12.3", row(text, "one"));
        assertEquals("two 0.2500 0.5000 0.2500 0.2500 0.0625 – 0.1250 0.1000 vector 12.3", row(text, "two"));
        assertEquals("setting one two", row(text, "setting"));
        assertEquals("loss label-smoothing:epsilon=0.0 label-smoothing:epsilon=0.1", row(text, "loss"));
        assertEquals("lr 0.01 0.02", row(text, "lr"));
        // The loss names its strength, and what is the same is not listed.
        for (String same : List.of("smoothing", "momentum", "seed", "split")) {
            assertTrue(text.lines().noneMatch(l -> l.startsWith(same)), text);
        }
        assertFalse(text.contains("different pictures"), text);
    }

    @Test
    void runsOfOtherPicturesOrWithoutCheckpointsAreNoted() throws IOException {
        Path one = run("one", 0.5, 0.0, 0.01);
        Path other = run("other", 0.25, 0.0, 0.02);
        Files.delete(other.resolve("checkpoints/epoch-0002.json"));
        Path report = other.resolve("report.json");
        Files.writeString(report, Files.readString(report).replace("00ff", "00fe"));
        String text = compare(null, one, other);
        assertTrue(text.contains("scored on different pictures"), text);
        assertTrue(text.contains("Not every run has checkpoints"), text);
        assertEquals("pictures (hash) 00ff 00fe", row(text, "pictures"));
        assertTrue(text.lines().noneMatch(l -> l.startsWith("lr ")), text);
    }

    @Test
    void howValidationWasDrawnIsCompared() throws IOException {
        Path one = run("one", 0.5, 0.0, 0.01);
        Path other = run("other", 0.5, 0.0, 0.01);
        for (Path run : List.of(one, other)) {
            Path report = run.resolve("report.json");
            String text = run == one ? "neighbours:0.1" : "0.1";
            Files.writeString(
                    report, Files.readString(report).replace("\"split\"", "\"held_out\":\"" + text + "\",\"split\""));
        }
        assertEquals("validation neighbours:0.1 0.1", row(compare(null, one, other), "validation"));
    }

    @Test
    void theSameSettingsAreSaid() throws IOException {
        String text = compare(null, run("a/run", 0.5, 0.0, 0.01), run("b/run", 0.5, 0.0, 0.01));
        assertTrue(text.contains("no setting differs"), text);
        // The same last name: the whole paths tell them apart.
        assertTrue(
                text.contains(dir.resolve("a/run").toString())
                        && text.contains(dir.resolve("b/run").toString()),
                text);
    }

    @Test
    void thePageHasTablesCurvesAndDiagramsAndShowsNamesOnly() throws IOException {
        Path page = dir.resolve("pages/compared.html");
        String text = compare(page, run("<script>alert(1)", 0.5, 0.0, 0.01), run("two", 0.25, 0.1, 0.02));
        assertTrue(text.contains("wrote the comparison to "), text);
        String html = Files.readString(page);
        assertFalse(html.contains("<script"), html);
        assertTrue(html.contains("&lt;script&gt;alert(1)"), html);
        for (String part :
                List.of("<td>0.5000</td>", "label-smoothing:epsilon=0.1", "test error by epoch", "<td>0.02</td>")) {
            assertTrue(html.contains(part), part);
        }
        // Loss, error, NLL and ECE by epoch, no AURC, which these epochs lack; a diagram before recalibration of each
        // run.
        assertEquals(4, html.split(" by epoch\"", -1).length - 1);
        assertEquals(2, html.split("aria-label=\"reliability diagram\"", -1).length - 1);
        assertEquals(8, html.split("<polyline", -1).length - 1);
    }

    @Test
    void runsThatCantBeReadEndInOneLine() throws IOException {
        Path fine = run("fine", 0.5, 0.0, 0.01);
        assertTrue(mistake(ExitStatus.OPTIONS, fine).getMessage().contains("found 1"));
        mistake(ExitStatus.OPTIONS, fine, fine);
        List<Path> many = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            many.add(dir.resolve("run" + i));
        }
        mistake(ExitStatus.OPTIONS, many.toArray(Path[]::new));
        assertTrue(mistake(ExitStatus.INPUT, fine, dir.resolve("none"))
                .getMessage()
                .contains("none"));
        Path failed = run("failed", 0.5, 0.0, 0.01);
        Files.writeString(failed.resolve("report.json"), "{\"command\":\"train\",\"status\":4}");
        assertTrue(mistake(ExitStatus.INPUT, fine, failed).getMessage().contains("status 4"));
        Files.writeString(failed.resolve("report.json"), "{\"command\":\"predict\",\"status\":0}");
        assertTrue(mistake(ExitStatus.INPUT, fine, failed).getMessage().contains("predict"));
        for (String broken : List.of("[]", "{", "")) {
            Files.writeString(failed.resolve("report.json"), broken);
            mistake(ExitStatus.INPUT, fine, failed);
        }
        Path epochs = run("epochs", 0.5, 0.0, 0.01).resolve("epochs.jsonl");
        Files.writeString(epochs, "{\"epoch\":1}\n{\"epo");
        assertTrue(
                mistake(ExitStatus.INPUT, fine, epochs.getParent()).getMessage().contains("epochs.jsonl"));
    }
}
