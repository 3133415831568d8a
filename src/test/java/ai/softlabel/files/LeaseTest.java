package ai.softlabel.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes and one directory. */
class LeaseTest {
    private static final String ELSEWHERE = "0123 elsewhere pid:[1] 7 1 2026-01-01T00:00:00Z\n";

    @TempDir
    Path dir;

    private Path run;
    private Process other;
    private BufferedReader says;

    @BeforeEach
    void path() {
        run = dir.resolve("run");
    }

    @AfterEach
    void end() throws InterruptedException {
        if (other != null) {
            other.destroyForcibly().waitFor();
        }
    }

    private void start(double expiry) throws IOException {
        other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeaseHolder.class.getName(),
                        run.toString(),
                        String.valueOf(expiry))
                .redirectError(dir.resolve("log").toFile())
                .start();
        says = other.inputReader();
    }

    private Lease take() throws IOException {
        return Lease.take(Directory.of("out", run.toString(), new Configuration()), "out");
    }

    private void refused() {
        JobException e = assertThrows(JobException.class, this::take);
        assertEquals(ExitStatus.OPTIONS, e.status());
        assertTrue(
                e.getMessage().contains("found that process " + other.pid() + " on ")
                        && !e.getMessage().contains("\n"),
                e.getMessage());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(p -> p.getFileName().toString()).toList();
        }
    }

    @Test
    void theSecondIsRefusedAtOnceAndTakesItWhenTheFirstEnds() throws Exception {
        start(60);
        assertEquals("taken", says.readLine());
        refused();
        assertEquals(List.of(".lease"), files());
        other.getOutputStream().close();
        assertTrue(other.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, other.exitValue());
        assertEquals(List.of(), files());
        take().close();
        assertEquals(List.of(), files());
    }

    @Test
    void theSecondProcessEndsWithStatusTwo() throws Exception {
        try (Lease first = take()) {
            start(60);
            String line = says.readLine();
            assertTrue(line.startsWith("expected --out "), line);
            assertTrue(line.contains("process " + ProcessHandle.current().pid() + " on "), line);
            assertTrue(other.waitFor(30, TimeUnit.SECONDS));
            assertEquals(2, other.exitValue());
            first.check();
        }
    }

    @Test
    void aKilledProcessHasNothing() throws Exception {
        start(60);
        assertEquals("taken", says.readLine());
        other.destroyForcibly().waitFor();
        assertEquals(List.of(".lease"), files());
        take().close();
    }

    @Test
    void aProcessThatIsAskedToEndGivesItBack() throws Exception {
        start(60);
        assertEquals("taken", says.readLine());
        other.destroy();
        assertTrue(other.waitFor(30, TimeUnit.SECONDS));
        assertEquals(List.of(), files());
    }

    @Test
    void twoOfOneProcessDoNotShareIt() throws IOException {
        try (Lease first = take()) {
            assertThrows(JobException.class, this::take);
            first.check();
        }
    }

    @Test
    void ofManyAtOnceOneTakesIt() throws Exception {
        List<Lease> leases = new CopyOnWriteArrayList<>();
        AtomicInteger refusals = new AtomicInteger();
        List<Thread> threads = Stream.generate(() -> new Thread(() -> {
                    try {
                        leases.add(take());
                    } catch (JobException e) {
                        refusals.incrementAndGet();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .limit(8)
                .toList();
        threads.forEach(Thread::start);
        for (Thread t : threads) {
            t.join();
        }
        assertEquals(1, leases.size());
        assertEquals(7, refusals.get());
        leases.get(0).close();
    }

    @Test
    void anotherHostsLeaseExpires() throws Exception {
        Files.createDirectories(run);
        Path file = run.resolve(".lease");
        Files.writeString(file, ELSEWHERE);
        Directory out = Directory.of("out", run.toString(), new Configuration());
        JobException e = assertThrows(JobException.class, () -> Lease.take(out, "out", 2));
        assertTrue(e.getMessage().contains("process 7 on elsewhere"), e.getMessage());
        assertEquals(List.of(".lease"), files());
        Thread.sleep(2500);
        try (Lease mine = Lease.take(out, "out", 2)) {
            // Renewed, it does not expire.
            Thread.sleep(3000);
            assertTrue(
                    System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis() < 2000);
            mine.check();
            // Another host that takes it all the same, for it took this process for dead, is not written over.
            Files.writeString(file, ELSEWHERE);
            Thread.sleep(1000);
            JobException lost = assertThrows(JobException.class, mine::check);
            assertEquals(ExitStatus.OPTIONS, lost.status());
        }
        assertEquals(ELSEWHERE, Files.readString(file));
    }

    @Test
    void whatIsNoLeaseIsNobodys() throws IOException {
        Files.createDirectories(run);
        Files.writeString(run.resolve(".lease"), "what is this");
        Lease lease = take();
        assertFalse(Files.readString(run.resolve(".lease")).contains("what"));
        lease.close();
    }
}
