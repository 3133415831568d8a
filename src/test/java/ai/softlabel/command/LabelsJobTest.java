package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.softlabel.TestFiles;
import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.inspect.InspectJob;
import ai.softlabel.command.inspect.InspectSettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Split;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Labels from lists, patterns and files, through the commands. */
class LabelsJobTest extends JobFixture {
    private static TrainSettings labelled(Path data, Path out, LabelSource labels) {
        TrainSettings s = settings(data, out);
        return s.toBuilder()
                .setup(s.setup().toBuilder()
                        .labels(labels)
                        .split(0.25)
                        .way(Split.Way.STRATIFIED)
                        .validation(new HeldOut(0.1, false))
                        .build())
                .build();
    }

    /** Real pictures of four breeds whose order by id is not that of their names. */
    private static Path somePets(Path to) throws IOException {
        Path from = TestFiles.shared("pets");
        Files.createDirectories(to.resolve("images"));
        Files.createDirectories(to.resolve("annotations"));
        Map<String, Integer> ids = Map.of("Abyssinian", 1, "Bengal", 6, "american_bulldog", 2, "pug", 25);
        StringBuilder list = new StringBuilder();
        Map<String, Integer> seen = new TreeMap<>();
        for (String line : Files.readAllLines(from.resolve("annotations/list.txt"))) {
            String name = line.split(" ")[0];
            String breed = name.substring(0, Math.max(0, name.lastIndexOf('_')));
            Path picture = from.resolve("images/" + name + ".jpg");
            if (ids.containsKey(breed) && Files.exists(picture) && seen.merge(breed, 1, Integer::sum) <= 16) {
                Files.copy(picture, to.resolve("images/" + name + ".jpg"));
                list.append(name).append(' ').append(ids.get(breed)).append(" 1 1\n");
            }
        }
        Files.writeString(to.resolve("annotations/trainval.txt"), list.toString());
        return to;
    }

    @Test
    void thePetsByListPatternAndFileGiveTheSameWeightsToTheBit() throws IOException {
        Path data = somePets(dir.resolve("pets"));
        Path classes = Files.writeString(dir.resolve("classes.txt"), "Abyssinian\namerican_bulldog\nBengal\npug\n");
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(data.resolve("annotations/trainval.txt"))) {
            String name = line.split(" ")[0];
            lines.add("images/" + name + ".jpg," + name.replaceFirst("_\\d+$", ""));
        }
        // In no order.
        Collections.reverse(lines);
        Path csv = Files.writeString(dir.resolve("labels.csv"), "file,breed\n" + String.join("\n", lines));
        String order = classes.toString();
        LabelSource pattern = new LabelSource(null, null, Map.of(), "(.+)_\\d+.jpg$", order);
        LabelSource file =
                new LabelSource(csv.toString(), null, LabelSource.columns("path=file,label=breed"), null, order);
        Path[] runs = {dir.resolve("by-list"), dir.resolve("by-pattern"), dir.resolve("by-file"), dir.resolve("names")};
        try (Session session = Session.start("train", "local[2]")) {
            train(labelled(data, runs[0], LabelSource.LAYOUT), session);
            train(labelled(data, runs[1], pattern), session);
            train(labelled(data, runs[2], file), session);
            train(labelled(data, runs[3], new LabelSource(null, null, Map.of(), "(.+)_\\d+.jpg$", null)), session);
            byte[] expected = Files.readAllBytes(runs[0].resolve("model.safetensors"));
            for (int i = 1; i < 3; i++) {
                assertArrayEquals(expected, Files.readAllBytes(runs[i].resolve("model.safetensors")));
                assertEquals(
                        report(runs[0]).at("/data/fingerprint"), report(runs[i]).at("/data/fingerprint"));
                assertEquals(report(runs[0]).at("/test"), report(runs[i]).at("/test"));
            }
            // In another order of the classes they are not the same.
            assertNotEquals(
                    report(runs[0]).at("/data/fingerprint"), report(runs[3]).at("/data/fingerprint"));

            // The run's own test part, found again by the same labels.
            Path scored = dir.resolve("scored");
            try (ConsoleProgress console = console()) {
                new EvaluateJob(
                                new EvaluateSettings(
                                        runs[2].toString(), data.toString(), file, scored.toString(), 0.05, false),
                                session,
                                console)
                        .run();
            }
            JsonNode test = report(scored).at("/test");
            assertEquals(16, test.get("count").asInt());
            for (String figure : List.of("count", "error", "balanced_error")) {
                assertEquals(report(runs[2]).at("/test").get(figure), test.get(figure), figure);
            }
        }
    }

    @Test
    void inspectCountsLabelledPicturesAndWritesEachProblem() throws IOException {
        List<String> names = TestFiles.list(pets.resolve("images")).stream()
                .map(p -> p.getFileName().toString())
                .toList();
        StringBuilder csv = new StringBuilder("path,label\n");
        names.subList(2, names.size()).forEach(n -> csv.append("images/")
                .append(n)
                .append(',')
                .append(n, 0, 3)
                .append('\n'));
        csv.append("images/").append(names.get(1)).append(",\n");
        csv.append("images/").append(names.get(2)).append(",again\n");
        Path file = Files.writeString(dir.resolve("labels.csv"), csv);
        Path out = dir.resolve("inspected");
        try (Session session = Session.start("inspect", "local[2]");
                ConsoleProgress console = console()) {
            LabelSource labels = new LabelSource(file.toString(), null, Map.of(), null, null);
            new InspectJob(
                            new InspectSettings(
                                    pets.toString(),
                                    labels,
                                    out.toString(),
                                    0.5,
                                    Split.Way.HASH,
                                    HeldOut.NONE,
                                    1,
                                    0.05,
                                    false),
                            session,
                            console)
                    .run();
        }
        JsonNode report = report(out);
        assertEquals("hash:0.5", report.at("/data/split").asText());
        assertEquals(
                names.size() - 3,
                report.at("/data/train").asInt() + report.at("/data/test").asInt());
        List<String> rejected = Files.readAllLines(out.resolve("rejected.jsonl"));
        assertEquals(3, rejected.size(), rejected.toString());
        assertEquals("present but in no row of labels.csv", reason(rejected, names.get(0)));
        assertEquals("its label is empty", reason(rejected, names.get(1)));
        assertEquals(
                "listed 2 times, as " + names.get(2).substring(0, 3) + " and as again", reason(rejected, names.get(2)));
    }

    private static String reason(List<String> lines, String name) throws IOException {
        for (String line : lines) {
            JsonNode n = JSON.readTree(line);
            if (n.get("path").asText().equals("images/" + name)) {
                return n.get("reason").asText();
            }
        }
        return null;
    }

    private ConsoleProgress console() {
        return new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false);
    }
}
