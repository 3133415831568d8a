package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.softlabel.Program;
import ai.softlabel.data.SampleFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What breaks while ResNet-18 trains on a standalone master with two workers: the run ends in the weights of one that
 * was not disturbed, bit for bit, or in one clear line with status 4 and a checkpoint to go on from. The system
 * property {@code softlabel.faults} is a folder of the pets, for the whole matrix on them; without it a shorter one
 * runs on a part of the built-in sample, faults of the driver in one process. The table is in {@code target/faults.md}.
 */
@Tag("faults")
class FaultsIT {
    private static final String PETS = System.getProperty("softlabel.faults", "");
    private static final boolean WHOLE = !PETS.isEmpty();
    private static final String ONLY_WHOLE = "only in the whole matrix: mvn verify -P faults -Dsoftlabel.faults=PETS";
    private static final int TIMEOUT = WHOLE ? 45 : 20;
    private static final List<String> TABLE = new ArrayList<>();

    @TempDir
    static Path shared;

    @TempDir
    Path dir;

    private Standalone cluster;
    private String master;
    private Path log;

    private static List<String> command(String master, Path out, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "submit/softlabel",
                "train",
                "--profile",
                "sample",
                "--data",
                WHOLE ? PETS : shared.resolve("pets").toString(),
                "--epochs",
                "3",
                "--replicas",
                "2",
                "--step-timeout",
                String.valueOf(TIMEOUT),
                "--master",
                master,
                "--out",
                out.toString()));
        all.addAll(List.of(more));
        return all;
    }

    /** The run that nothing disturbs. */
    @BeforeAll
    static void undisturbed() throws Exception {
        SampleFiles.pets(shared.resolve("pets"), 37, 8, 2);
        Program.run(Map.of("SPARK_LOCAL_IP", "127.0.0.1"), command("local[2]", shared.resolve("run")))
                .ended(0);
    }

    @AfterAll
    static void table() throws IOException {
        List<String> lines = new ArrayList<>(List.of("| fault | outcome | seconds |", "|---|---|---|"));
        lines.addAll(TABLE);
        Files.write(Path.of("target/faults.md"), lines);
        System.out.println(String.join("\n", lines));
    }

    @BeforeEach
    void begin() {
        log = dir.resolve("driver.log");
    }

    private void onTwoWorkers() throws Exception {
        cluster = new Standalone(Files.createDirectory(dir.resolve("daemons")), 2, "4g");
        master = cluster.master();
    }

    private void onTwoWorkersOrBriefly() throws Exception {
        if (WHOLE) {
            onTwoWorkers();
        } else {
            master = "local[2]";
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** Starts training; {@code settings} go to spark-submit. */
    private Process train(Path out, String... more) throws IOException {
        ProcessBuilder b = new ProcessBuilder(command(master, out, more))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        b.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        if (cluster != null) {
            b.environment()
                    .put(
                            "SOFTLABEL_SPARK_ARGS",
                            "--properties-file conf/spark-standalone.conf --conf spark.executor.memory=2g");
        }
        return b.start();
    }

    private String said() throws IOException {
        return Files.readString(log) + (cluster == null ? "" : "\n" + cluster.logs());
    }

    private int end(Process driver) throws Exception {
        assertTrue(driver.waitFor(10, TimeUnit.MINUTES), () -> {
            try {
                return "it hangs\n" + said();
            } catch (IOException e) {
                return e.toString();
            }
        });
        return driver.exitValue();
    }

    /** The epochs that a run would go on after: those with a line and a checkpoint, which is written last. */
    private static int epochs(Path out) throws IOException {
        Path lines = out.resolve("epochs.jsonl");
        int written = Files.exists(lines) ? Files.readAllLines(lines).size() : 0;
        return Files.exists(out.resolve(String.format(Locale.ROOT, "checkpoints/epoch-%04d.json", written)))
                ? written
                : Math.max(0, written - 1);
    }

    /** Waits until so many epochs are done; gives the time. */
    private long after(int epochs, Path out, Process driver) throws Exception {
        while (epochs(out) < epochs) {
            assertTrue(driver.isAlive(), said());
            Thread.sleep(50);
        }
        return System.nanoTime();
    }

    /** The middle of an epoch's steps. */
    private void inTheMiddleAfter(int epochs, Path out, Process driver) throws Exception {
        after(epochs, out, driver);
        Thread.sleep(1000);
        assertEquals(epochs, epochs(out));
    }

    private void same(Path out) throws IOException {
        assertArrayEquals(
                Files.readAllBytes(shared.resolve("run/model.safetensors")),
                Files.readAllBytes(out.resolve("model.safetensors")),
                said());
    }

    private static void note(String fault, String outcome, long since) {
        TABLE.add(String.format(Locale.ROOT, "| %s | %s | %.1f |", fault, outcome, (System.nanoTime() - since) / 1e9));
    }

    private void saysOnce(String line) throws IOException {
        assertEquals(
                1,
                Files.readAllLines(log).stream()
                        .filter(l -> l.startsWith("softlabel: ") && l.contains(line))
                        .count(),
                said());
    }

    /** What strikes. */
    @FunctionalInterface
    private interface Fault {
        void strike() throws Exception;
    }

    /** In the middle of the second epoch; the run goes on by itself. */
    private void survives(String name, String outcome, Fault fault) throws Exception {
        Path out = dir.resolve("run");
        Process driver = train(out);
        inTheMiddleAfter(1, out, driver);
        fault.strike();
        long struck = System.nanoTime();
        assertEquals(1, epochs(out), said());
        after(2, out, driver);
        note(name, outcome + "; same weights", struck);
        assertEquals(0, end(driver), said());
        same(out);
    }

    @Test
    void anExecutorIsKilledInTheMiddleOfAnEpoch() throws Exception {
        onTwoWorkers();
        survives(
                "executor killed (SIGKILL) in the middle of an epoch",
                "the epoch is repeated",
                () -> cluster.executors().get(0).destroyForcibly());
        assertTrue(Files.readString(log).contains("Lost executor"), said());
    }

    @Test
    void theDriverIsKilledAndTheNewestCheckpointDamaged() throws Exception {
        onTwoWorkersOrBriefly();
        Path out = dir.resolve("run");
        Process driver = train(out);
        inTheMiddleAfter(2, out, driver);
        driver.descendants().forEach(ProcessHandle::destroyForcibly);
        driver.destroyForcibly().waitFor();
        Path newest = out.resolve("checkpoints/epoch-0002.safetensors");
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(newest, bytes);
        long fault = System.nanoTime();
        Process again = train(out, "--resume");
        // Once by the driver that was killed, and now again.
        while (Files.readString(log).split("epoch 2 of 3 {2}loss", -1).length < 3) {
            assertTrue(again.isAlive(), said());
            Thread.sleep(50);
        }
        note(
                "driver killed, then the newest checkpoint damaged",
                "--resume continues from the one before it; same weights",
                fault);
        assertEquals(0, end(again), said());
        assertTrue(said().contains("is not whole") && said().contains("resuming after epoch 1"), said());
        same(out);
    }

    @Tag("long")
    @Test
    void aWorkerIsKilledAndNoneTakesItsPlace() throws Exception {
        onTwoWorkers();
        Path out = dir.resolve("run");
        Process driver = train(out);
        inTheMiddleAfter(1, out, driver);
        long fault = System.nanoTime();
        cluster.killWorker(0);
        assertEquals(4, end(driver), said());
        note(
                "worker killed, none in its place",
                "status 4 after --step-timeout " + TIMEOUT + "; a checkpoint to continue from",
                fault);
        saysOnce("add a worker and go on with --resume");
        if (!WHOLE) {
            return;
        }
        cluster.addWorker();
        fault = System.nanoTime();
        Process again = train(out, "--resume");
        after(2, out, again);
        note("then a new worker, and --resume", "same weights", fault);
        assertEquals(0, end(again), said());
        same(out);
    }

    @Test
    void theCheckpointsDiskIsFull() throws Exception {
        onTwoWorkersOrBriefly();
        Path disk = Files.createDirectory(dir.resolve("disk"));
        // Room for one checkpoint of a ResNet-18, weights and momentum, and not for two.
        Program mounted = Program.run("mount", "-t", "tmpfs", "-o", "size=150m", "tmpfs", disk.toString());
        assumeTrue(mounted.status() == 0, "expected to mount a small file system, found " + mounted.output());
        try {
            Path out = disk.resolve("run");
            Process driver = train(out);
            after(1, out, driver);
            long fault = System.nanoTime();
            assertEquals(4, end(driver), said());
            note("checkpoint disk full", "status 4, the checkpoint before stays", fault);
            saysOnce("free space and continue with --resume");
            Program.run("mount", "-o", "remount,size=1g", disk.toString()).ended(0);
            fault = System.nanoTime();
            Process again = train(out, "--resume");
            after(2, out, again);
            note("then room, and --resume", "same weights", fault);
            assertEquals(0, end(again), said());
            assertTrue(said().contains("resuming after epoch 1"), said());
            same(out);
        } finally {
            Program.run("umount", "-l", disk.toString()).ended(0);
        }
    }

    @Test
    void aWorkerStandsStillForHalfAMinute() throws Exception {
        assumeTrue(WHOLE, ONLY_WHOLE);
        onTwoWorkers();
        survives("worker and executor stopped (SIGSTOP) for 30 s", "the step waits", () -> {
            cluster.signal(0, "STOP");
            Thread.sleep(30_000);
            cluster.signal(0, "CONT");
        });
    }

    @Test
    void anExecutorStandsStillForGood() throws Exception {
        assumeTrue(WHOLE, ONLY_WHOLE);
        onTwoWorkers();
        Path out = dir.resolve("run");
        Process driver = train(out);
        inTheMiddleAfter(1, out, driver);
        long fault = System.nanoTime();
        Program.run("kill", "-STOP", String.valueOf(cluster.executors().get(0).pid()));
        assertEquals(4, end(driver), said());
        note(
                "executor stopped (SIGSTOP) for good",
                "status 4 after --step-timeout " + TIMEOUT + ", naming the executor",
                fault);
        saysOnce("to answer within " + TIMEOUT + " s in step");
        cluster.executors().forEach(ProcessHandle::destroyForcibly);
        fault = System.nanoTime();
        Process again = train(out, "--resume");
        after(2, out, again);
        note("then --resume", "same weights", fault);
        assertEquals(0, end(again), said());
        same(out);
    }

    @Test
    void aWorkerIsKilledAndAnotherComes() throws Exception {
        assumeTrue(WHOLE, ONLY_WHOLE);
        onTwoWorkers();
        survives("worker killed, another one starts", "the epoch is repeated", () -> {
            cluster.killWorker(0);
            cluster.addWorker();
        });
    }
}
