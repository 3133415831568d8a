package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.SampleFiles;
import ai.softlabel.pipeline.Balancing;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Class weights and the balanced sampler, through {@code train}, on classes of 20, 20, 20 and 5 pictures. */
class BalanceJobTest extends JobFixture {
    private static Path imbalanced(Path to) throws IOException {
        SampleFiles.pets(to, 4, 20, 8);
        Path list = to.resolve("annotations/trainval.txt");
        List<String> lines = Files.readAllLines(list);
        Files.write(list, lines.subList(0, lines.size() - 15));
        return to;
    }

    private static TrainSettings balanced(Path data, Path out, String weights, boolean sampled) {
        TrainSettings s = settings(data, out);
        return s.toBuilder()
                .setup(s.setup().toBuilder()
                        .balancing(new Balancing(weights, sampled))
                        .build())
                .build();
    }

    @Test
    void weightsAndSamplerReachTheModelAndTheReport() throws IOException {
        Path data = imbalanced(dir.resolve("data"));
        Path plain = dir.resolve("plain");
        Path weighted = dir.resolve("weighted");
        Path byFile = dir.resolve("by-file");
        Path sampled = dir.resolve("sampled");
        Path sampledAgain = dir.resolve("sampled-again");
        try (Session session = Session.start("train", "local[2]")) {
            train(settings(data, plain), session);
            train(balanced(data, weighted, Balancing.BALANCED, false), session);
            JsonNode found = report(weighted).at("/training/class_weights");
            // 65 pictures, 4 classes.
            double[] expected = {65 / 80.0, 65 / 80.0, 65 / 80.0, 65 / 20.0};
            StringBuilder file = new StringBuilder("class,weight\n");
            for (int c = 0; c < 4; c++) {
                assertEquals(expected[c], found.get(c).asDouble(), 1e-12);
            }
            JsonNode names =
                    JSON.readTree(weighted.resolve("model.json").toFile()).get("classes");
            for (int c = 0; c < 4; c++) {
                file.append(names.get(c).asText())
                        .append(',')
                        .append(expected[c])
                        .append('\n');
            }
            Path weights = Files.writeString(dir.resolve("weights.csv"), file);
            train(balanced(data, byFile, weights.toString(), false), session);
            train(balanced(data, sampled, null, true), session);
            train(balanced(data, sampledAgain, null, true), session);
            assertEquals("balanced", report(sampled).at("/training/sampler").asText());
            Files.writeString(dir.resolve("bad.csv"), "nobody,1\n");
            JobException bad = assertThrows(
                    JobException.class,
                    () -> train(
                            balanced(
                                    data,
                                    dir.resolve("bad"),
                                    dir.resolve("bad.csv").toString(),
                                    false),
                            session));
            assertEquals(ExitStatus.INPUT, bad.status());
            assertTrue(bad.getMessage().contains("nobody,1"), bad.getMessage());
        }
        assertFalse(Arrays.equals(weights(plain), weights(weighted)));
        assertFalse(Arrays.equals(weights(plain), weights(sampled)));
        assertTrue(Arrays.equals(weights(weighted), weights(byFile)));
        assertTrue(Arrays.equals(weights(sampled), weights(sampledAgain)));
        JsonNode report = report(weighted);
        double mean = 0;
        for (JsonNode row : report.at("/slices/breed")) {
            double recall = row.get("recall").asDouble();
            assertEquals(1 - row.get("error").asDouble(), recall, 1e-12);
            assertTrue(row.at("/recall_interval/0").asDouble() <= recall);
            assertTrue(row.at("/recall_interval/1").asDouble() >= recall);
            mean += recall / 4;
        }
        assertEquals(1 - mean, report.at("/test/balanced_error").asDouble(), 1e-12);
        assertEquals(2, report.at("/test/intervals/balanced_error").size());
    }
}
