package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code submit/fetch-weights}, against a server on this machine that serves parts of files. */
class FetchWeightsTest {
    private static final String FOLDER = "/timm/resnet50.tv_in1k/resolve/main/";

    @TempDir
    Path dir;

    private final byte[] weights = new byte[3_000_000];
    private final List<String> asked = new ArrayList<>();
    /** After so many bytes of an answer the server hangs up; -1 for never. */
    private int breaks = -1;

    private HttpServer server;
    private String output;

    @BeforeEach
    void serve() throws IOException {
        new Random(1).nextBytes(weights);
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String range = exchange.getRequestHeaders().getFirst("Range");
            asked.add(path + (range == null ? "" : " " + range));
            byte[] file = path.equals(FOLDER + "model.safetensors")
                    ? weights
                    : path.equals(FOLDER + "config.json") ? "{}".getBytes(StandardCharsets.UTF_8) : null;
            if (file == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
                exchange.sendResponseHeaders(from == 0 ? 200 : 206, file.length - from);
                int to = breaks < 0 ? file.length : Math.min(file.length, from + breaks);
                exchange.getResponseBody().write(file, from, to - from);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private int fetch(String name, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "python3", "submit/fetch-weights", name, dir.resolve("out").toString(), "--from", url()));
        command.addAll(List.of(more));
        Program ran = Program.run(Map.of(), command);
        output = ran.output();
        return ran.status();
    }

    @Test
    void aNameIsFetchedWithItsConfigurationAndItsSumPrinted() throws Exception {
        assertEquals(0, fetch("resnet50.tv_in1k"), () -> output);
        assertArrayEquals(weights, Files.readAllBytes(dir.resolve("out/model.safetensors")));
        assertEquals("{}", Files.readString(dir.resolve("out/config.json")));
        assertTrue(output.contains("sha256 " + Sha256.of(weights)), output);
        // Nothing is fetched again.
        asked.clear();
        assertEquals(0, fetch("timm/resnet50.tv_in1k", "--sha256", Sha256.of(weights)), () -> output);
        assertEquals(List.of(), asked);
    }

    @Test
    void aBrokenDownloadGoesOnWhereItStopped() throws Exception {
        breaks = 1_000_000;
        assertEquals(3, fetch("resnet50.tv_in1k"));
        assertFalse(Files.exists(dir.resolve("out/model.safetensors")));
        long have = Files.size(dir.resolve("out/model.safetensors.part"));
        assertTrue(have > 0 && have <= 1_000_000, "has " + have);
        breaks = -1;
        asked.clear();
        assertEquals(0, fetch("resnet50.tv_in1k"), () -> output);
        assertEquals(FOLDER + "model.safetensors bytes=" + have + "-", asked.get(0));
        assertArrayEquals(weights, Files.readAllBytes(dir.resolve("out/model.safetensors")));
    }

    @Test
    void aUrlIsFetchedAsItStandsAndAWrongSumIsRefused() throws Exception {
        assertEquals(3, fetch(url() + FOLDER + "model.safetensors", "--sha256", "0".repeat(64)));
        assertTrue(output.contains("expected SHA-256 0000") && output.contains(Sha256.of(weights)), output);
        assertFalse(Files.exists(dir.resolve("out/model.safetensors")));
        assertEquals(0, fetch(url() + FOLDER + "model.safetensors", "--sha256", Sha256.of(weights)), () -> output);
        assertTrue(Arrays.equals(weights, Files.readAllBytes(dir.resolve("out/model.safetensors"))));
        assertEquals(3, fetch("no.such"));
        assertTrue(output.contains("404"), output);
        assertEquals(3, fetch(url() + "/model.pth"));
        assertTrue(output.contains(".safetensors"), output);
    }
}
