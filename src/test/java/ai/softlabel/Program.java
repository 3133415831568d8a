package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A program that ran to its end.
 *
 * @param status its exit status
 * @param output what it said, on both streams
 */
public record Program(int status, String output) {
    /** Runs a program with more in its environment. */
    public static Program run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true);
        b.environment().putAll(environment);
        Process p = b.start();
        String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Program(p.waitFor(), output);
    }

    /** A port that nobody listens on now. */
    public static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a program. */
    public static Program run(String... command) throws IOException, InterruptedException {
        return run(Map.of(), List.of(command));
    }

    /** It must have ended with this status. */
    public Program ended(int expected) {
        assertEquals(expected, status, output);
        return this;
    }
}
