package ai.softlabel;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What tests need whose executors are processes of their own. */
public final class TestSpark {
    private TestSpark() {}

    /** Settings under which executors on this machine see the tests' classes. */
    public static void set() {
        System.setProperty("spark.ui.enabled", "false");
        System.setProperty("spark.executor.extraClassPath", System.getProperty("java.class.path"));
        System.setProperty("spark.driver.host", "127.0.0.1");
    }

    /** Takes those back that other tests' executors would not start with. */
    public static void clear() {
        for (String key : List.of("spark.executor.extraClassPath", "spark.driver.host")) {
            System.clearProperty(key);
        }
    }

    /** What the executors of a training sent each other, in bytes, epoch by epoch. */
    public static List<Long> sent(Path run) throws IOException {
        List<Long> sent = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("epochs.jsonl"))) {
            sent.add(new ObjectMapper().readTree(line).get("bytes_sent").asLong());
        }
        return sent;
    }
}
