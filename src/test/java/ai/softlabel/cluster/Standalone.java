package ai.softlabel.cluster;

import ai.softlabel.Program;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A standalone master and its workers, as processes on this machine. */
final class Standalone implements AutoCloseable {
    private final Path dir;
    private final int port = Program.freePort();
    private final String memory;
    private final Host first;
    private final List<Process> processes = new ArrayList<>();
    private final List<Process> workers = new ArrayList<>();

    /**
     * Where a daemon runs.
     *
     * @param enter what stands before a command so that it runs there
     */
    record Host(List<String> enter, String address) {
        static final Host HERE = new Host(List.of(), "127.0.0.1");
    }

    /** Starts a master and workers of one core each on this machine; logs go to {@code dir}. */
    Standalone(Path dir, int workers, String memory) throws IOException, InterruptedException {
        this(dir, Host.HERE, Collections.nCopies(workers, Host.HERE), memory);
    }

    /** Starts a master and a worker of one core on each host; logs go to {@code dir}. */
    Standalone(Path dir, Host first, List<Host> workers, String memory) throws IOException, InterruptedException {
        this(dir, first, workers, memory, List.of());
    }

    /** As on this machine, with a master that also answers at a port by HTTP. */
    static Standalone withRest(Path dir, int workers, String memory, int port)
            throws IOException, InterruptedException {
        return new Standalone(
                dir,
                Host.HERE,
                Collections.nCopies(workers, Host.HERE),
                memory,
                List.of("-Dspark.master.rest.enabled=true", "-Dspark.master.rest.port=" + port));
    }

    private Standalone(Path dir, Host first, List<Host> workers, String memory, List<String> master)
            throws IOException, InterruptedException {
        this.dir = dir;
        this.first = first;
        this.memory = memory;
        start(
                first,
                "master",
                master,
                "org.apache.spark.deploy.master.Master",
                "--host",
                first.address(),
                "--port",
                String.valueOf(port),
                "--webui-port",
                "0");
        await(first.address(), port);
        for (Host host : workers) {
            addWorker(host);
        }
    }

    /** One more worker, of one core, on this machine. */
    void addWorker() throws IOException {
        addWorker(Host.HERE);
    }

    /** One more worker, of one core; gives its number. */
    int addWorker(Host host) throws IOException {
        int i = workers.size();
        workers.add(start(
                host,
                "worker" + i,
                List.of(),
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                host.address(),
                "--cores",
                "1",
                "--memory",
                memory,
                "--webui-port",
                "0",
                "--work-dir",
                dir.resolve("work" + i).toString(),
                master()));
        return i;
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
        return "spark://" + first.address() + ":" + port;
    }

    /** Starts one of Spark's daemons on this machine. */
    Process start(String name, String main, String... arguments) throws IOException {
        return start(Host.HERE, name, List.of(), main, arguments);
    }

    private Process start(Host host, String name, List<String> more, String main, String... arguments)
            throws IOException {
        Process p = daemon(host, dir.resolve(name + ".log"), more, main, arguments);
        processes.add(p);
        return p;
    }

    /**
     * Starts one of Spark's daemons.
     *
     * @param more further options of the JVM
     */
    static Process daemon(Path log, List<String> more, String main, String... arguments) throws IOException {
        return daemon(Host.HERE, log, more, main, arguments);
    }

    private static Process daemon(Host host, Path log, List<String> more, String main, String... arguments)
            throws IOException {
        Path home = Path.of(System.getenv("SPARK_HOME"));
        List<String> command = new ArrayList<>(host.enter());
        command.add(System.getProperty("java.home") + "/bin/java");
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
        b.environment().put("SPARK_LOCAL_IP", host.address());
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

    static void await(int port) throws InterruptedException {
        await(Host.HERE.address(), port);
    }

    private static void await(String address, int port) throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            try (Socket s = new Socket()) {
                s.connect(new InetSocketAddress(address, port), 200);
                return;
            } catch (IOException e) {
                Thread.sleep(200);
            }
        }
        throw new IllegalStateException("nothing listens on port " + port + " of " + address);
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
