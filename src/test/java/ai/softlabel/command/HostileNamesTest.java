package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Plain;
import ai.softlabel.command.train.TrainSettings;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Class and file names that would control a terminal, a page or a spreadsheet. */
class HostileNamesTest extends JobFixture {
    private static final List<String> CLASSES =
            List.of("=cmd(A1)", "\u001b[2J\u001b]0;title\u0007x", "<script>alert(1)<", "\u202Egnp");

    private Path data() throws IOException {
        Path data = dir.resolve("data");
        List<Path> pictures;
        try (Stream<Path> all = Files.list(pets.resolve("images"))) {
            pictures = all.filter(p -> p.toString().endsWith(".jpg")).sorted().toList();
        }
        for (int i = 0; i < 96; i++) {
            String of = CLASSES.get(i % CLASSES.size());
            Path folder = Files.createDirectories(data.resolve(of));
            Files.copy(pictures.get(i), folder.resolve("<img src=x>\u001b[31m" + i + ".jpg"));
        }
        Files.writeString(data.resolve(CLASSES.get(1)).resolve("no\u009b2Jpicture\n.jpg"), "none");
        return data;
    }

    private static void shown(String text) {
        assertTrue(text.chars().noneMatch(c -> c != '\n' && Plain.hidden(c)), text);
    }

    @Test
    void areShownAndNotObeyed() throws IOException {
        Path run = dir.resolve("run");
        TrainSettings settings = with(with(settings(data(), run), "epochs", 1), "split", 0.25);
        JsonNode report = train(with(settings, "maxRejected", 0.05), "local[2]");
        assertFalse(
                report.at("/slices/species").has("cat"), report.at("/slices").toString());
        for (String file : List.of("report.html", "report.json", "rejected.jsonl", "confusion.csv", "model.json")) {
            String text = Files.readString(run.resolve(file));
            shown(text);
            assertFalse(text.contains("<script>alert") && file.endsWith(".html"), text);
            assertFalse(text.contains("<img src=x") && file.endsWith(".html"), text);
        }
        shown(said.toString(StandardCharsets.UTF_8));
        List<String> cells = Files.readAllLines(run.resolve("confusion.csv"));
        assertTrue(cells.stream().noneMatch(l -> l.matches("(.*,)?\"?[=+@-].*")), cells.toString());
        // Programs that read the files get the names themselves.
        assertEquals(
                List.copyOf(new java.util.TreeSet<>(CLASSES)),
                Stream.iterate(0, i -> i + 1)
                        .limit(CLASSES.size())
                        .map(i -> read(run.resolve("model.json"))
                                .at("/classes/" + i)
                                .asText())
                        .sorted()
                        .toList());
        assertEquals(
                CLASSES.get(1) + "/no\u009b2Jpicture\n.jpg",
                read(run.resolve("rejected.jsonl")).get("path").asText());
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
