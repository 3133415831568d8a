package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code submit/fetch-pets}, against a server on this machine. */
class FetchPetsTest {
    @TempDir
    Path dir;

    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private String output;

    @BeforeEach
    void serve() throws IOException, InterruptedException {
        Path served = Files.createDirectories(dir.resolve("served"));
        for (String folder : List.of("images", "annotations")) {
            Files.createDirectories(dir.resolve(folder));
            Files.writeString(dir.resolve(folder).resolve("file"), "content of " + folder);
            assertEquals(
                    0,
                    new ProcessBuilder(
                                    "tar",
                                    "czf",
                                    served.resolve(folder + ".tar.gz").toString(),
                                    "-C",
                                    dir.toString(),
                                    folder)
                            .start()
                            .waitFor());
        }
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            String name = exchange.getRequestURI().getPath().substring(1);
            asked.add(name);
            byte[] bytes = Files.readAllBytes(served.resolve(name));
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private int fetch(String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "python3",
                "submit/fetch-pets",
                dir.resolve("out").toString(),
                "--from",
                "http://127.0.0.1:" + server.getAddress().getPort()));
        command.addAll(List.of(more));
        Program ran = Program.run(Map.of(), command);
        output = ran.output();
        return ran.status();
    }

    private String sum(String name) throws Exception {
        return "--md5=" + name + "="
                + HexFormat.of()
                        .formatHex(MessageDigest.getInstance("MD5")
                                .digest(Files.readAllBytes(dir.resolve("served").resolve(name))));
    }

    @Test
    void fetchesChecksAndUnpacksOnce() throws Exception {
        String[] sums = {sum("images.tar.gz"), sum("annotations.tar.gz")};
        assertEquals(0, fetch(sums), output);
        assertEquals("content of images", Files.readString(dir.resolve("out/images/file")));
        assertEquals("content of annotations", Files.readString(dir.resolve("out/annotations/file")));
        assertEquals(0, fetch(sums), output);
        assertEquals(List.of("images.tar.gz", "annotations.tar.gz"), asked);
    }

    @Test
    void anotherFileIsRefusedAndRemoved() throws Exception {
        assertEquals(3, fetch());
        assertTrue(
                output.contains("expected MD5 5c4f3ee8e5d25df40f4fd59a7f44e54c for images.tar.gz, found ")
                        && output.lines().count() == 1,
                output);
        assertFalse(Files.exists(dir.resolve("out/images.tar.gz")));
    }

    @Test
    void aServerThatIsNotThereIsOneLine() throws Exception {
        server.stop(0);
        assertEquals(3, fetch());
        assertTrue(
                output.startsWith("fetch-pets: expected to fetch ")
                        && output.lines().count() == 1,
                output);
    }
}
