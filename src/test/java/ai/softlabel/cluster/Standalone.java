package ai.softlabel.cluster;

import ai.softlabel.Program;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A standalone master and its workers, as processes on this machine. */
final class Standalone implements AutoCloseable {
    private final Path dir;
    private final int port = freePort();
    private final String memory;
    private final List<Process> processes = new ArrayList<>();
    private final List<Process> workers = new ArrayList<>();

    /** Starts a master and workers of one core each; logs go to {@code dir}. */
    Standalone(Path dir, int workers, String memory) throws IOException, InterruptedException {
        this.dir = dir;
        this.memory = memory;
        start(
                "master",
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--webui-port",
                "0");
        await(port);
        for (int i = 0; i < workers; i++) {
            addWorker();
        }
    }

    /** One more worker, of one core. */
    void addWorker() throws IOException {
        int i = workers.size();
        workers.add(start(
                "worker" + i,
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                "127.0.0.1",
                "--cores",
                "1",
                "--memory",
                memory,
                "--webui-port",
                "0",
                "--work-dir",
                dir.resolve("work" + i).toString(),
                master()));
    }

    /** The executors' processes, in the workers' order. */
    List<ProcessHandle> executors() {
        return workers.stream().flatMap(Process::descendants).toList();
    }

    /** Kills a worker and its executors, as when a machine goes. */
    void killWorker(int i) throws InterruptedException {
        List<ProcessHandle> gone = workers.get(i).descendants().toList();
        workers.get(i).destroyForcibly().waitFor();
        gone.forEach(ProcessHandle::destroyForcibly);
    }

    /** Sends a signal to a worker and its executors. */
    void signal(int i, String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("kill", "-" + name, String.valueOf(workers.get(i).pid())));
        workers.get(i).descendants().forEach(p -> command.add(String.valueOf(p.pid())));
        Program.run(java.util.Map.of(), command).ended(0);
    }

    String master() {
        return "spark://127.0.0.1:" + port;
    }

    /** Starts one of Spark's daemons. */
    Process start(String name, String main, String... arguments) throws IOException {
        Process p = daemon(dir.resolve(name + ".log"), List.of(), main, arguments);
        processes.add(p);
        return p;
    }

    /**
     * Starts one of Spark's daemons.
     *
     * @param more further options of the JVM
     */
    static Process daemon(Path log, List<String> more, String main, String... arguments) throws IOException {
        Path home = Path.of(System.getenv("SPARK_HOME"));
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("--add") || a.startsWith("-XX:+Ignore"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx512m",
                "-cp",
                Path.of("target/softlabel-job.jar").toAbsolutePath() + ":" + home.resolve("jars") + "/*"));
        command.addAll(more);
        command.add(main);
        command.addAll(List.of(arguments));
        ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        b.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return b.start();
    }

    /** What the daemons said. */
    String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path p : files.filter(f -> f.toString().endsWith(".log") || f.endsWith("stderr"))
                    .toList()) {
                all.append(p).append('\n').append(Files.readString(p));
            }
        }
        return all.toString();
    }

    static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void await(int port) throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            try (Socket s = new Socket()) {
                s.connect(new InetSocketAddress("127.0.0.1", port), 200);
                return;
            } catch (IOException e) {
                Thread.sleep(200);
            }
        }
        throw new IllegalStateException("nothing listens on port " + port);
    }

    @Override
    public void close() throws InterruptedException {
        for (Process p : processes) {
            p.descendants().forEach(ProcessHandle::destroyForcibly);
            p.destroy();
        }
        for (Process p : processes) {
            if (!p.waitFor(10, TimeUnit.SECONDS)) {
                p.destroyForcibly();
            }
        }
    }
}
