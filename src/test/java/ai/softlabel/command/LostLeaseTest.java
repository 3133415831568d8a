package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.command.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A driver whose lease another program took writes nothing more. */
class LostLeaseTest extends JobFixture {
    private static final String ELSEWHERE = "0123 elsewhere pid:[1] 7 1 2026-01-01T00:00:00Z\n";

    private static TreeMap<String, Long> files(Path run) throws IOException {
        TreeMap<String, Long> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(run)) {
            for (Path p : all.filter(Files::isRegularFile).toList()) {
                found.put(
                        run.relativize(p).toString(),
                        Files.getLastModifiedTime(p).toMillis());
            }
        }
        return found;
    }

    @Test
    void theNextCheckpointIsNotWrittenAndTheStatusIsTwo() throws Exception {
        Path run = dir.resolve("run");
        TrainSettings settings = with(settings(pets, run), "epochs", 50);
        Path first = run.resolve("checkpoints/epoch-0001.json");
        CompletableFuture<TreeMap<String, Long>> taken = CompletableFuture.supplyAsync(() -> {
            try {
                while (!Files.exists(first)) {
                    Thread.sleep(5);
                }
                Files.writeString(run.resolve(".lease"), ELSEWHERE);
                // What was under way when the lease was taken ends.
                Thread.sleep(300);
                return files(run);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        JobException e = assertThrows(JobException.class, () -> train(settings, "local[2]"));
        assertEquals(ExitStatus.OPTIONS, e.status());
        assertTrue(e.getMessage().contains("process 7 on elsewhere took it"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        TreeMap<String, Long> atTheTime = taken.get();
        assertEquals(atTheTime, files(run));
        assertFalse(Files.exists(run.resolve("report.json")));
        assertEquals(ELSEWHERE, Files.readString(run.resolve(".lease")));
    }
}
