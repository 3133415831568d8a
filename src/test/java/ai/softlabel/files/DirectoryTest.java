package ai.softlabel.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
    private static final String OLD = "a".repeat(100_000);
    private static final String NEW = "b".repeat(200_000);

    @TempDir
    Path dir;

    private Directory local() {
        return Directory.of("out", dir.toString(), new Configuration());
    }

    @Test
    void aReaderSeesTheOldFileOrTheNewOneAtAnyTime() throws Exception {
        replacedWhileRead(local(), 300);
        assertEquals(List.of("file"), all(dir));
    }

    @Test
    void thatHoldsOnHdfsToo() throws Exception {
        Configuration c = new Configuration();
        c.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, dir.resolve("hdfs").toString());
        try (MiniDFSCluster cluster =
                new MiniDFSCluster.Builder(c).numDataNodes(1).build()) {
            Directory out = Directory.of("out", cluster.getURI() + "/out", c);
            replacedWhileRead(out, 40);
            assertThrows(IOException.class, () -> out.write("file", failing(new IOException("no more"))));
            assertEquals(1, cluster.getFileSystem().listStatus(new org.apache.hadoop.fs.Path("/out")).length);
        }
    }

    private static void replacedWhileRead(Directory out, int times) throws Exception {
        out.writeText("file", OLD);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
            int seen = 0;
            while (!done.get()) {
                try {
                    String text = out.readText("file");
                    assertTrue(text.equals(OLD) || text.equals(NEW), () -> "found " + text.length() + " characters");
                    seen++;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
            return seen;
        });
        for (int i = 0; i < times && !reader.isDone(); i++) {
            out.writeText("file", i % 2 == 0 ? NEW : OLD);
        }
        done.set(true);
        assertTrue(reader.get() > 0);
    }

    private static Directory.Content failing(Throwable problem) {
        return out -> {
            out.write(NEW.getBytes(StandardCharsets.UTF_8), 0, 1000);
            if (problem instanceof IOException e) {
                throw e;
            }
            if (problem instanceof RuntimeException e) {
                throw e;
            }
            throw (Error) problem;
        };
    }

    @Test
    void whatFailsLeavesTheOldFileAndNothingElse() throws IOException {
        local().writeText("file", OLD);
        for (Throwable problem : List.of(
                new IOException("no more"), new IllegalStateException("no more"), new OutOfMemoryError("no more"))) {
            assertThrows(problem.getClass(), () -> local().write("file", failing(problem)));
        }
        // A full disk, which Hadoop's local file system takes for an error of the program's.
        Files.createSymbolicLink(dir.resolve(".file.part"), Path.of("/dev/full"));
        IOException full = assertThrows(IOException.class, () -> local().writeText("file", NEW));
        assertTrue(full.getMessage().contains("No space left"), full.getMessage());
        assertEquals(OLD, local().readText("file"));
        assertEquals(List.of("file"), all(dir));
    }

    @Test
    void aFileThatCannotBeMovedLeavesNoPart() throws IOException {
        Files.createDirectories(dir.resolve("file/inside"));
        assertThrows(IOException.class, () -> local().writeText("file", NEW));
        assertEquals(List.of("file"), all(dir));
    }

    @Test
    void aKilledProgramsPartIsWrittenOverAndNeverListed() throws IOException {
        Files.writeString(dir.resolve(".file.part"), NEW);
        assertEquals(List.of(), local().names());
        local().writeText("file", OLD);
        assertEquals(List.of("file"), all(dir));
    }

    @Test
    void anObjectStoreGetsOnePutOfAllOrNothing() throws IOException {
        Directory out = Directory.of("out", "store:///run", StoreFileSystem.configuration());
        out.writeText("file", OLD);
        out.writeText("file", NEW);
        assertEquals(NEW, StoreFileSystem.text("/run/file"));
        assertEquals(List.of("create /run/file", "create /run/file"), StoreFileSystem.CALLS);
        // The content fails: not even begun. The connection fails: given up.
        assertThrows(IOException.class, () -> out.write("other", failing(new IOException("no more"))));
        assertEquals(2, StoreFileSystem.CALLS.size());
        StoreFileSystem.most = 150_000;
        assertThrows(IllegalStateException.class, () -> out.writeText("file", OLD + OLD));
        assertEquals("abort", StoreFileSystem.CALLS.get(3));
        assertNull(StoreFileSystem.text("/run/other"));
        assertEquals(NEW, StoreFileSystem.text("/run/file"));
        assertEquals(1, StoreFileSystem.OBJECTS.size());
        assertFalse(out.has("other"));
    }

    private static List<String> all(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }
}
