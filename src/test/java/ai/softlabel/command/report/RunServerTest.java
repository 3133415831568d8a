package ai.softlabel.command.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.pipeline.ConsoleProgress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunServerTest {
    @TempDir
    Path dir;

    private Path run;
    private RunServer server;

    @BeforeEach
    void serve() throws IOException {
        run = Files.createDirectories(dir.resolve("a run"));
        Files.createDirectories(run.resolve("checkpoints"));
        Files.writeString(run.resolve("report.html"), "<p>the page</p>");
        Files.writeString(run.resolve("checkpoints/epoch-0001.json"), "{}");
        Files.writeString(dir.resolve("secret.txt"), "the secret");
        Files.createDirectories(dir.resolve("a run beside"));
        Files.writeString(dir.resolve("a run beside/secret.txt"), "the secret");
        Files.createSymbolicLink(run.resolve("link.html"), dir.resolve("secret.txt"));
        Files.createSymbolicLink(run.resolve("folder"), dir);
        Files.createSymbolicLink(run.resolve("own.html"), run.resolve("report.html"));
        server = RunServer.start(run, 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A request as it is, without a client that tidies the path. */
    private String request(String line, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), server.port())) {
            socket.getOutputStream()
                    .write((line + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String get(String path) throws IOException {
        return request("GET " + path, "127.0.0.1:" + server.port());
    }

    @Test
    void theRunsFilesAreServed() throws IOException {
        for (String path : List.of("/", "/report.html", "/own.html")) {
            String answer = get(path);
            assertTrue(answer.startsWith("HTTP/1.1 200") && answer.contains("<p>the page</p>"), answer);
            assertTrue(answer.contains("text/html; charset=utf-8"), answer);
        }
        assertTrue(get("/checkpoints/epoch-0001.json").contains("application/json"));
        String head = request("HEAD /report.html", "localhost:" + server.port());
        assertTrue(head.startsWith("HTTP/1.1 200") && !head.contains("the page"), head);
    }

    @Test
    void nothingOutsideTheRunIs() throws IOException {
        for (String path : List.of(
                "/../secret.txt",
                "/checkpoints/../../secret.txt",
                "/%2e%2e/secret.txt",
                "/..%2fsecret.txt",
                "/%2e%2e%2fa%20run%20beside/secret.txt",
                "/../a%20run%20beside/secret.txt",
                "/link.html",
                "/folder/secret.txt",
                "/folder/a%20run/report.html/../../secret.txt",
                "/" + dir.resolve("secret.txt"),
                "/%00secret.txt",
                "/checkpoints",
                "/folder",
                "/none.html")) {
            String answer = get(path);
            assertTrue(answer.matches("(?s)HTTP/1.1 40[04] .*"), path + ": " + answer);
            assertFalse(answer.contains("the secret"), path);
        }
    }

    @Test
    void onlyReadsByThisMachinesNameAreAnswered() throws IOException {
        assertTrue(request("POST /report.html", "127.0.0.1:" + server.port()).startsWith("HTTP/1.1 405"));
        String strange = request("GET /report.html", "evil.example:" + server.port());
        assertTrue(strange.startsWith("HTTP/1.1 403") && !strange.contains("the page"), strange);
    }

    @Test
    void aTakenPortIsOneLine() {
        JobException e = assertThrows(JobException.class, () -> RunServer.start(run, server.port()));
        assertEquals(ExitStatus.OPTIONS, e.status());
        assertTrue(e.getMessage().contains(Integer.toString(server.port())), e.getMessage());
    }

    private String said(Path of, Integer port) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new ReportJob(new ReportSettings(of.toString(), port), console).run();
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void withoutServeThePathIsTold() throws IOException {
        String text = said(run, null);
        assertEquals(1, text.lines().count(), text);
        String uri = run.resolve("report.html").toUri().toString();
        assertTrue(text.startsWith("report: " + uri + " (open it in a browser, or run: "), text);
        assertTrue(text.contains(" report '" + run + "' --serve)"), text);
        JobException none = assertThrows(JobException.class, () -> said(dir.resolve("none"), null));
        assertEquals(ExitStatus.INPUT, none.status());
    }

    @Test
    void withServeThePageIsAtTheAddressThatIsTold() throws Exception {
        // Interrupted before it waits: the server has started, said its address and ends.
        Thread.currentThread().interrupt();
        String text = said(run, 0);
        assertTrue(Thread.interrupted());
        assertTrue(
                text.matches("serving file:.*a run at http://127\\.0\\.0\\.1:\\d+/report\\.html until Ctrl-C\\n"),
                text);
    }
}
