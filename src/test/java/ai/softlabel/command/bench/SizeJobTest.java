package ai.softlabel.command.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.pipeline.TrainingSetup;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizeJobTest {
    private static BenchSettings settings(String which, String out) {
        return new BenchSettings(
                which, TrainingSetup.builder().build(), 4, 1, List.of(2), 10, 0.1, out, List.of(20), List.of());
    }

    @Test
    void executorsOfOtherMachinesNeedADirectoryThatTheySee() {
        for (String which : List.of("size", "size-train")) {
            JobException e = assertThrows(
                    JobException.class, () -> SizeJob.requireOut(settings(which, null), "spark://host:7077"));
            assertEquals(ExitStatus.OPTIONS, e.status());
            assertTrue(e.getMessage().startsWith("expected --out "), e.getMessage());
            SizeJob.requireOut(settings(which, "hdfs://host/out"), "spark://host:7077");
            SizeJob.requireOut(settings(which, null), "local[2]");
            SizeJob.requireOut(settings(which, null), "local-cluster[2,1,2048]");
        }
        // Made answers are stored nowhere.
        SizeJob.requireOut(settings("size-answers", null), "yarn");
    }
}
