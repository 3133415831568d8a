package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.command.train.TrainSettings;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Four executors that authenticate each other and encrypt what they exchange, against one process. */
@Tag("spark")
class GuardedPlacementTest extends JobFixture {
    private static final List<String> GUARDS = List.of("spark.authenticate", "spark.network.crypto.enabled");

    @BeforeEach
    void guard() {
        GUARDS.forEach(g -> System.setProperty(g, "true"));
        System.setProperty("spark.authenticate.secret", "the test's own");
    }

    @AfterEach
    void open() {
        GUARDS.forEach(System::clearProperty);
        System.clearProperty("spark.authenticate.secret");
    }

    @Tag("long")
    @Test
    void fourExecutorsEndInTheBitsOfOneProcess() throws IOException {
        TrainSettings s = with(with(settings(pets, dir.resolve("one")), "epochs", 1), "replicas", 4);
        JsonNode one = train(s, "local[2]");
        JsonNode four = train(with(s, "out", dir.resolve("four").toString()), "local-cluster[4,1,1024]");
        assertEquals(4, four.at("/spark/executors").asInt());
        assertArrayEquals(weights(dir.resolve("one")), weights(dir.resolve("four")));
        assertEquals(one.get("test"), four.get("test"));
    }
}
