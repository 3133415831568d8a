package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two trainings in one process at the same time, of the same network and two seeds, end as each alone. */
@Tag("spark")
class TwoTrainingsTest extends JobFixture {
    private TrainSettings seeded(long seed, String name) {
        return with(
                with(with(settings(pets, dir.resolve(name)), "epochs", 1), "seed", seed),
                "out",
                dir.resolve(name).toString());
    }

    private CompletableFuture<JsonNode> start(TrainSettings settings, Session session) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (ConsoleProgress console = new ConsoleProgress(
                            new PrintStream(java.io.OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                            false)) {
                        new TrainJob(settings, session, console).run();
                        return report(java.nio.file.Path.of(settings.out()));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                r -> new Thread(r).start());
    }

    @Test
    void eachEndsAsIfAlone() throws Exception {
        // Alone they have as many threads for each replica: another number would be other kernels.
        try (Session session = Session.start("train", "local[4]")) {
            JsonNode first = train(seeded(1, "first"), session);
            JsonNode second = train(seeded(2, "second"), session);
            assertFalse(Arrays.equals(weights(dir.resolve("first")), weights(dir.resolve("second"))));
            List<CompletableFuture<JsonNode>> both =
                    List.of(start(seeded(1, "first-of-two"), session), start(seeded(2, "second-of-two"), session));
            assertEquals(first.get("test"), both.get(0).get().get("test"));
            assertEquals(second.get("test"), both.get(1).get().get("test"));
        }
        assertArrayEquals(weights(dir.resolve("first")), weights(dir.resolve("first-of-two")));
        assertArrayEquals(weights(dir.resolve("second")), weights(dir.resolve("second-of-two")));
    }
}
