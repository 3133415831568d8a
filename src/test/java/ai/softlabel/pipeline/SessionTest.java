package ai.softlabel.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Spark may be told to do differs between commands that train and those that only score. */
class SessionTest {
    private static final String[] KEYS = {"spark.dynamicAllocation.enabled", "spark.speculation"};

    @AfterEach
    void clear() {
        for (String key : KEYS) {
            System.clearProperty(key);
        }
        System.clearProperty("spark.ui.enabled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "study", "find-lr", "bench"})
    void trainingRefusesWhatRepeatsOrTakesAwayTasks(String command) {
        for (String key : KEYS) {
            System.setProperty(key, "true");
            JobException e = assertThrows(JobException.class, () -> Session.start(command, "local[1]"));
            assertEquals(ExitStatus.OPTIONS, e.status());
            assertTrue(e.getMessage().startsWith("expected " + key + "=false"), e.getMessage());
            System.clearProperty(key);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"predict", "evaluate", "calibrate", "inspect"})
    void scoringRunsUnderBoth(String command) {
        System.setProperty("spark.ui.enabled", "false");
        for (String key : KEYS) {
            System.setProperty(key, "true");
        }
        try (Session session = Session.start(command, "local[2]")) {
            assertEquals(2, session.cluster().slots());
        }
    }
}
