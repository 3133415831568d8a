package ai.softlabel.command.report;

import ai.softlabel.JobException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves the files of one folder on 127.0.0.1, to read only. A path that leads out of the folder, by {@code ..} or by a
 * link, is not found. Requests must name this server as their host, so that a page of another site can't read the files
 * by a DNS name that leads here.
 */
final class RunServer implements AutoCloseable {
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int FORBIDDEN = 403;
    private static final int OK = 200;
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "json", "application/json",
            "jsonl", "text/plain; charset=utf-8",
            "csv", "text/plain; charset=utf-8",
            "svg", "image/svg+xml");

    private final Path root;
    private final HttpServer server;
    private final ExecutorService threads;

    private RunServer(Path root, HttpServer server) {
        this.root = root;
        this.server = server;
        this.threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "softlabel-report");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts serving.
     *
     * @param port 0 for a free one
     * @throws JobException of status 2 where the port is taken or not allowed
     */
    static RunServer start(Path folder, int port) throws IOException {
        InetAddress here = InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(here, port), 0);
        } catch (BindException e) {
            throw JobException.options(
                    "expected port %d to be free for --serve, found %s; give another, or none for a free one",
                    port, e.getMessage());
        }
        RunServer run = new RunServer(folder.toRealPath(), server);
        server.createContext("/", run::handle);
        server.setExecutor(run.threads);
        server.start();
        return run;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The address of the folder, with a slash at its end. */
    String address() {
        return "http://127.0.0.1:" + port() + "/";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                refuse(exchange, NOT_ALLOWED);
                return;
            }
            if (!ours(exchange.getRequestHeaders().getFirst("Host"))) {
                refuse(exchange, FORBIDDEN);
                return;
            }
            Path file = find(exchange.getRequestURI().getPath());
            if (file == null) {
                refuse(exchange, NOT_FOUND);
                return;
            }
            send(exchange, file, method.equals("HEAD"));
        }
    }

    private boolean ours(String host) {
        return host != null
                && Set.of("127.0.0.1:" + port(), "localhost:" + port()).contains(host.toLowerCase(Locale.ROOT));
    }

    /** The file of a request's path, or null where the folder has none of that name. */
    private Path find(String path) {
        if (path == null || !path.startsWith("/")) {
            return null;
        }
        try {
            String name = path.equals("/") ? "report.html" : path.substring(1);
            // With its links followed, a file of the folder is still below it.
            Path file = root.resolve(name.replaceFirst("^/+", "")).toRealPath();
            return file.startsWith(root) && Files.isRegularFile(file) ? file : null;
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    private static void send(HttpExchange exchange, Path file, boolean headOnly) throws IOException {
        String name = file.getFileName().toString();
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (headOnly) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(Files.size(file)));
            exchange.sendResponseHeaders(OK, -1);
            return;
        }
        // Chunked: a run that is still written to may grow.
        exchange.sendResponseHeaders(OK, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            Files.copy(file, out);
        }
    }

    private static void refuse(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
