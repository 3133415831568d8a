package ai.softlabel.command.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.train.Checkpoints;
import ai.softlabel.train.Fingerprint;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyStoppingTest {
    /** NLL falls, then rises, as confidence grows too fast; what a temperature leaves of it falls for longer. */
    private static final Double[][] EPOCHS = {{1.0, 0.9}, {0.7, 0.69}, {0.8, 0.6}, {1.1, 0.55}, {1.5, 0.7}, {null, null}
    };

    private static JsonNode line(int epoch) {
        ObjectNode line = new ObjectMapper().createObjectNode().put("epoch", epoch);
        line.putObject("validation")
                .put("nll", EPOCHS[epoch - 1][0])
                .put("nll_after_temperature", EPOCHS[epoch - 1][1]);
        return line;
    }

    private static EarlyStopping noted(EpochChoice choice, int patience, int epochs) {
        EarlyStopping stopping = new EarlyStopping(choice, patience);
        for (int e = 1; e <= epochs; e++) {
            stopping.note(line(e));
        }
        return stopping;
    }

    @Test
    void theFigureChoosesTheEpoch() {
        assertEquals(2, noted(EpochChoice.NLL, 0, 6).bestEpoch());
        assertEquals(4, noted(EpochChoice.NLL_AFTER_TEMPERATURE, 0, 6).bestEpoch());
        assertEquals(0, noted(null, 0, 6).bestEpoch());
    }

    @Test
    void patienceCountsFromTheBestEpoch() {
        assertFalse(noted(EpochChoice.NLL, 2, 3).stops());
        assertTrue(noted(EpochChoice.NLL, 2, 4).stops());
        assertFalse(noted(EpochChoice.NLL_AFTER_TEMPERATURE, 2, 5).stops());
        // An epoch without a figure is no better one.
        assertTrue(noted(EpochChoice.NLL_AFTER_TEMPERATURE, 2, 6).stops());
        assertFalse(noted(EpochChoice.NLL, 0, 6).stops());
    }

    @Test
    void aRunIsResumedOnlyWhereItsBestEpochWasKept(@TempDir Path dir) throws IOException {
        Directory out = Directory.of("out", dir.toString(), new Configuration());
        Checkpoints checkpoints = new Checkpoints(out, new Fingerprint(Map.of("name", "a"), null), 1);
        List<JsonNode> lines =
                IntStream.rangeClosed(1, 3).mapToObj(EarlyStoppingTest::line).toList();
        Files.createFile(dir.resolve("epoch-0003.json"));
        EarlyStopping stopping = noted(EpochChoice.NLL, 0, 3);
        JobException e = assertThrows(JobException.class, () -> stopping.requireKept(lines, checkpoints, out));
        assertEquals(ExitStatus.OPTIONS, e.status());
        assertTrue(e.getMessage().contains("no checkpoint of epoch 2, the best so far"), e.getMessage());
        // By the other figure the newest epoch is the best, and by none there is nothing to keep.
        noted(EpochChoice.NLL_AFTER_TEMPERATURE, 0, 3).requireKept(lines, checkpoints, out);
        noted(null, 0, 3).requireKept(lines, checkpoints, out);
        Files.createFile(dir.resolve("epoch-0002.json"));
        stopping.requireKept(lines, checkpoints, out);
    }

    @Test
    void choicesAreNamed() {
        for (EpochChoice c : EpochChoice.values()) {
            assertEquals(c, EpochChoice.of(c.word()));
            assertTrue(c.figure(line(1)).isNumber(), c.word());
        }
    }
}
