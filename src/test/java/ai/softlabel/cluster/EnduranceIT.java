package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.softlabel.Program;
import ai.softlabel.data.SampleFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long training, with a fault every two minutes: master and workers are hosts of their own, the run lies on a disk of
 * its own, and a supervisor starts the job again with {@code --resume} whenever it ends with status 4 or is killed. It
 * ends in the weights of a run that nothing disturbed, bit for bit. The system property {@code softlabel.minutes} is
 * how long faults come (40 for the figures in docs/faults.md; without it 5, one after the other). The table is in
 * {@code target/endurance.md}.
 */
@Tag("long")
class EnduranceIT {
    private static final int MINUTES = Integer.parseInt(System.getProperty("softlabel.minutes", "5"));
    private static final long PERIOD = TimeUnit.SECONDS.toNanos(MINUTES >= 20 ? 120 : 30);
    // An epoch takes about five seconds, most of them for a Spark stage and a checkpoint, and a fault and what it costs
    // half a minute.
    private static final int EPOCHS = MINUTES * (MINUTES >= 20 ? 8 : 5);
    private static final int LEAST_FAULTS = MINUTES >= 20 ? MINUTES * 3 / 8 : MINUTES;
    private static final long SLOW_SECONDS = 20;
    private static final long STUCK = TimeUnit.MINUTES.toNanos(4);

    @TempDir
    Path dir;

    private Path disk;
    private Path run;
    private Path log;
    private Hosts hosts;
    private Standalone cluster;
    private Process driver;
    private Process undisturbed;
    private final Vitals vitals = new Vitals();
    private final Map<Integer, Integer> ends = new TreeMap<>();
    private final List<String> table = new ArrayList<>();
    private int worker;

    /** What strikes. */
    @FunctionalInterface
    private interface Fault {
        void strike() throws Exception;
    }

    private record Named(String name, Fault fault) {}

    private final List<Named> faults = List.of(
            new Named("a worker's network at 100 Mbit/s for 30 s", () -> {
                hosts.limit(2, 100);
                Thread.sleep(30_000);
                hosts.limit(2, 0);
            }),
            new Named("the disk answers nothing for 20 s", () -> {
                Program.run("fsfreeze", "-f", disk.toString()).ended(0);
                Thread.sleep(SLOW_SECONDS * 1000);
                Program.run("fsfreeze", "-u", disk.toString()).ended(0);
            }),
            new Named("worker killed, another one starts", () -> {
                cluster.killWorker(worker);
                worker = cluster.addWorker(hosts.get(1));
            }),
            new Named("driver killed (SIGKILL)", this::killDriver),
            new Named(
                    "executor killed (SIGKILL)",
                    () -> cluster.executors().get(0).destroyForcibly()),
            new Named("a second job with the same `--out`", this::second),
            new Named("worker and executor stopped (SIGSTOP) for 20 s", () -> {
                cluster.signal(1, "STOP");
                Thread.sleep(SLOW_SECONDS * 1000);
                cluster.signal(1, "CONT");
            }),
            new Named("disk full", this::fill),
            new Named("a worker's network cut for 10 s", () -> {
                hosts.cable(1, false);
                Thread.sleep(10_000);
                hosts.cable(1, true);
            }),
            new Named("driver killed (SIGKILL), the newest checkpoint damaged", this::damage));

    private List<String> command(String master, Path out, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "submit/softlabel",
                "train",
                "--profile",
                "sample",
                "--batch-size",
                "8",
                "--data",
                dir.resolve("pets").toString(),
                "--epochs",
                String.valueOf(EPOCHS),
                "--replicas",
                "2",
                "--step-timeout",
                "60",
                "--master",
                master,
                "--out",
                out.toString()));
        all.addAll(List.of(more));
        return all;
    }

    private Process start(String address, List<String> command, Path to) throws IOException {
        ProcessBuilder b = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(to.toFile()));
        b.environment().put("SPARK_LOCAL_IP", address);
        b.environment()
                .put(
                        "SOFTLABEL_SPARK_ARGS",
                        "--properties-file conf/spark-standalone.conf --conf spark.executor.memory=1g");
        b.environment().put("SOFTLABEL_DRIVER_MEMORY", "2g");
        return b.start();
    }

    private void train() throws IOException {
        boolean resume = Files.exists(run.resolve("checkpoints"));
        driver = start(
                Hosts.here(),
                resume ? command(cluster.master(), run, "--resume") : command(cluster.master(), run),
                log);
    }

    /** A second job ends at once with status 2, and the first one goes on. */
    private void second() throws Exception {
        Path said = dir.resolve("second.log");
        Process other = start(Hosts.here(), command("local[1]", run, "--resume"), said);
        assertTrue(other.waitFor(2, TimeUnit.MINUTES), "the second job goes on");
        assertEquals(2, other.exitValue(), Files.readString(said));
        assertTrue(Files.readString(said).contains("to be no other program's"), Files.readString(said));
    }

    /** Fills the disk until the job has ended with status 4. */
    private void fill() throws Exception {
        Path filler = disk.resolve("filler");
        try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
            byte[] block = new byte[1 << 20];
            while (driver.isAlive()) {
                try {
                    file.write(block);
                } catch (IOException full) {
                    Thread.sleep(20);
                }
            }
        } finally {
            Files.delete(filler);
        }
        assertEquals(4, driver.exitValue(), this::said);
    }

    private void killDriver() throws Exception {
        kill(driver);
    }

    private static void kill(Process launcher) throws Exception {
        launcher.descendants().forEach(ProcessHandle::destroyForcibly);
        launcher.destroyForcibly().waitFor();
    }

    private void damage() throws Exception {
        killDriver();
        Path index;
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            index = files.filter(f -> f.toString().endsWith(".json"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
        // Executors may have begun to write the next one, which is none before it has an index.
        Path newest = index.resolveSibling(index.getFileName().toString().replace(".json", ".safetensors"));
        try (RandomAccessFile file = new RandomAccessFile(newest.toFile(), "rw")) {
            file.seek(file.length() / 2);
            int b = file.read();
            file.seek(file.length() / 2);
            file.write(b ^ 1);
        }
    }

    private String said() {
        try {
            return Files.readString(log) + "\n" + cluster.logs();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The epochs that have a line. */
    private int epochs() throws IOException {
        Path lines = run.resolve("epochs.jsonl");
        return Files.exists(lines) ? Files.readAllLines(lines).size() : 0;
    }

    /** The supervisor: starts the job again where it may be; whether it is done. */
    private boolean supervise() throws IOException {
        if (driver.isAlive()) {
            return false;
        }
        int status = driver.exitValue();
        ends.merge(status, 1, Integer::sum);
        if (status == 0) {
            return true;
        }
        if (status != 4 && status != 128 + 9) {
            fail("the job ended with status " + status + "\n" + said());
        }
        train();
        return false;
    }

    /** Waits for epochs beyond those there; false where the job is done first. */
    private boolean progress(int more) throws Exception {
        int before = epochs();
        long since = System.nanoTime();
        while (epochs() < before + more) {
            if (supervise()) {
                return false;
            }
            assertTrue(System.nanoTime() - since < STUCK, () -> "no epoch ends\n" + said());
            Thread.sleep(100);
        }
        return true;
    }

    private void look() throws InterruptedException {
        try (Stream<ProcessHandle> of = Stream.concat(Stream.of(driver.toHandle()), driver.descendants())) {
            for (ProcessHandle p : of.filter(h -> h.info().command().orElse("").endsWith("java"))
                    .toList()) {
                vitals.sample("driver", p);
            }
        }
        for (ProcessHandle p : cluster.executors()) {
            vitals.sample("executor", p);
        }
    }

    private void mount() throws Exception {
        assumeTrue(Hosts.possible(), "expected to make network namespaces, which needs root, found that it failed");
        Path image = dir.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(600L << 20);
        }
        disk = Files.createDirectory(dir.resolve("disk"));
        Program.run("mkfs.ext4", "-q", image.toString()).ended(0);
        Program mounted = Program.run("mount", "-o", "loop", image.toString(), disk.toString());
        assumeTrue(mounted.status() == 0, "expected to mount a disk of the test's own, found " + mounted.output());
    }

    @AfterEach
    void stop() throws Exception {
        if (driver != null) {
            kill(driver);
        }
        if (undisturbed != null) {
            kill(undisturbed);
        }
        if (cluster != null) {
            cluster.close();
        }
        if (hosts != null) {
            hosts.close();
        }
        if (disk != null) {
            Program.run("fsfreeze", "-u", disk.toString());
            Program.run("umount", "-l", disk.toString());
        }
    }

    @Test
    void aFaultEveryTwoMinutesChangesNothing() throws Exception {
        mount();
        SampleFiles.pets(dir.resolve("pets"), 8, 12, 2);
        run = disk.resolve("run");
        log = Files.createFile(dir.resolve("driver.log"));
        hosts = new Hosts(3);
        cluster = new Standalone(
                Files.createDirectory(dir.resolve("daemons")), hosts.get(0), List.of(hosts.get(1), hosts.get(2)), "2g");
        // Beside the other one for time's sake, out of its way.
        undisturbed = start(
                "127.0.0.1",
                Stream.concat(Stream.of("nice", "-n", "15"), command("local[2]", dir.resolve("undisturbed")).stream())
                        .toList(),
                dir.resolve("undisturbed.log"));
        long start = System.nanoTime();
        train();
        assertTrue(progress(2), this::said);
        long slowest = 0;
        boolean done = false;
        for (int n = 0; !done && System.nanoTime() - start < TimeUnit.MINUTES.toNanos(MINUTES); n++) {
            long next = start + (n + 1) * PERIOD;
            while (!done && System.nanoTime() < next) {
                done = supervise();
                Thread.sleep(100);
            }
            if (done) {
                break;
            }
            look();
            long epochStart = System.nanoTime();
            done = !progress(1);
            slowest = Math.max(slowest, System.nanoTime() - epochStart);
            done = done || strike(n, start);
            store(start, slowest);
        }
        while (!done) {
            done = supervise();
            Thread.sleep(200);
        }
        store(start, slowest);
        assertTrue(table.size() >= LEAST_FAULTS, table::toString);
        endsAsIfUndisturbed();
    }

    /** The fault whose turn it is; whether the job is done. */
    private boolean strike(int n, long start) throws Exception {
        Named fault = faults.get(n % faults.size());
        int before = epochs();
        long struck = System.nanoTime();
        Map<Integer, Integer> endsBefore = new TreeMap<>(ends);
        fault.fault().strike();
        boolean goes = progress(2);
        String how = ends.equals(endsBefore)
                ? "goes on by itself"
                : ends.getOrDefault(4, 0) > endsBefore.getOrDefault(4, 0) ? "status 4, resumed" : "resumed";
        table.add(String.format(
                Locale.ROOT,
                "| %.1f | %d | %s | %s | %.0f |",
                (struck - start) / 60e9,
                before,
                fault.name(),
                how,
                (System.nanoTime() - struck) / 1e9));
        return !goes;
    }

    private void store(long start, long slowest) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "| minute | epochs before | fault | outcome | seconds until two more epochs ended |",
                "|---|---|---|---|---|"));
        all.addAll(table);
        all.add("");
        all.add(String.format(
                Locale.ROOT,
                "%d of %d epochs in %.1f minutes; the slowest undisturbed wait for an epoch's end took %.1f s; ends of the driver by status: %s.",
                epochs(),
                EPOCHS,
                (System.nanoTime() - start) / 60e9,
                slowest / 1e9,
                ends));
        all.add("");
        all.add("| JVM | looks | live heap, MB | resident, MB | threads | open files |");
        all.add("|---|---|---|---|---|---|");
        all.addAll(vitals.rows());
        Files.write(Path.of("target/endurance.md"), all);
    }

    /** Whether a file is Hadoop's checksum of one beside it, as in a Parquet folder. */
    private static boolean checksum(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".crc") && Files.exists(file.resolveSibling(name.substring(1, name.length() - 4)));
    }

    /** Every epoch once, its steps, the undisturbed run's weights, and nothing left. */
    private void endsAsIfUndisturbed() throws Exception {
        List<String> lines = Files.readAllLines(run.resolve("epochs.jsonl"));
        assertEquals(EPOCHS, lines.size());
        Pattern epoch = Pattern.compile("\"epoch\" ?: ?(\\d+)");
        for (int i = 0; i < EPOCHS; i++) {
            Matcher found = epoch.matcher(lines.get(i));
            assertTrue(found.find(), lines.get(i));
            assertEquals(i + 1, Integer.parseInt(found.group(1)), lines.get(i));
        }
        assertEquals(List.of(), vitals.grown());
        long executors = cluster.executors().size();
        for (int i = 0; i < 50 && executors > 0; i++) {
            Thread.sleep(200);
            executors = cluster.executors().size();
        }
        assertEquals(0, executors, "executors that are left");
        try (Stream<Path> files = Files.walk(run)) {
            assertEquals(
                    List.of(),
                    files.filter(f -> f.getFileName().toString().startsWith(".") && !checksum(f))
                            .toList());
        }
        assertEquals(0, undisturbed.waitFor(), Files.readString(dir.resolve("undisturbed.log")));
        assertArrayEquals(
                Files.readAllBytes(dir.resolve("undisturbed/model.safetensors")),
                Files.readAllBytes(run.resolve("model.safetensors")));
        Files.write(
                Path.of("target/endurance.md"),
                "\nThe weights are those of a run that nothing disturbed, bit for bit; every epoch has one line.\n"
                        .getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.APPEND);
    }
}
