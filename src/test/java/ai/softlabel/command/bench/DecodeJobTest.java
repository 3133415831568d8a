package ai.softlabel.command.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DecodeJobTest {
    /** The times are not looked at: other tests run beside this one. */
    @Test
    @Tag("long")
    void aLineForEachNumberOfPictures() throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        BenchSettings settings = new BenchSettings(
                BenchSettings.DECODE,
                TrainingSetup.builder().build(),
                2,
                1,
                List.of(),
                10,
                0.1,
                null,
                List.of(1, 4),
                List.of());
        new DecodeJob(settings, new PrintStream(said, true, StandardCharsets.UTF_8)).run();
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, lines.size(), lines.toString());
        for (String text : lines) {
            JsonNode line = Json.parse(text);
            assertTrue(line.get("ratio").asDouble() > 0, text);
            // They are decoded in two ways, and not by much.
            double mean = line.get("mean_difference").asDouble();
            assertTrue(mean > 0 && mean < 1, text);
        }
    }
}
