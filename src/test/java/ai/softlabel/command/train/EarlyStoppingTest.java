package ai.softlabel.command.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

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
    void choicesAreNamed() {
        for (EpochChoice c : EpochChoice.values()) {
            assertEquals(c, EpochChoice.of(c.word()));
            assertTrue(c.figure(line(1)).isNumber(), c.word());
        }
    }
}
