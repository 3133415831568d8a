package ai.softlabel.bigdl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With small files in place of libraries, but for the last; every test that computes loads the real ones. */
class NativesTest {
    private static final List<String> NAMES = List.of("libb.so", "liba.so");

    private final Map<String, byte[]> resources = new HashMap<>();
    private final List<String> opened = new ArrayList<>();
    private final List<String> loaded = new ArrayList<>();

    @TempDir
    private Path dir;

    @BeforeEach
    void make() throws Exception {
        StringBuilder list = new StringBuilder();
        for (String name : NAMES) {
            byte[] bytes = ("the library " + name).getBytes(StandardCharsets.UTF_8);
            resources.put("/" + name, bytes);
            CRC32 crc = new CRC32();
            crc.update(bytes);
            list.append(String.format(
                    "%s %d %08x %s%n",
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
                    bytes.length,
                    crc.getValue(),
                    name));
        }
        resources.put("/META-INF/natives.txt", list.toString().getBytes(StandardCharsets.UTF_8));
    }

    private InputStream open(String name) {
        opened.add(name);
        return new ByteArrayInputStream(resources.get(name));
    }

    private void load() throws IOException {
        opened.clear();
        loaded.clear();
        new Natives(dir, this::open).each(NAMES, this::check);
        assertEquals(NAMES, loaded);
    }

    private void check(String path) {
        Path library = Path.of(path);
        String name = library.getFileName().toString();
        loaded.add(name);
        try {
            assertArrayEquals(resources.get("/" + name), Files.readAllBytes(library));
            assertEquals("rwx------", permissions(library.getParent()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String permissions(Path folder) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
    }

    /** The only folder that is left. */
    private Path shared() throws IOException {
        try (Stream<Path> left = Files.list(dir)) {
            List<Path> all = left.toList();
            assertEquals(1, all.size(), all.toString());
            return all.get(0);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private void takesNone() throws IOException {
        load();
        assertEquals(List.of("/META-INF/natives.txt"), opened);
    }

    @Test
    void theyAreUnpackedOnceIntoAFolderOfTheUsersOwn() throws IOException {
        load();
        assertEquals(List.of("/META-INF/natives.txt", "/libb.so", "/liba.so"), opened);
        assertEquals("rwx------", permissions(shared()));
        assertEquals(List.of("liba.so", "libb.so"), names(shared()));
        takesNone();
        takesNone();
    }

    @Test
    void whatDoesNotFitIsUnpackedAgain() throws IOException {
        load();
        Path library = shared().resolve("liba.so");
        byte[] changed = resources.get("/liba.so").clone();
        changed[3] ^= 1;
        Files.write(library, changed);
        load();
        assertEquals(List.of("/META-INF/natives.txt", "/liba.so"), opened);
        takesNone();
        // As a full disk or a cleaner leave it.
        Files.write(library, new byte[3]);
        load();
        assertEquals(List.of("/META-INF/natives.txt", "/liba.so"), opened);
        Files.delete(library);
        Files.createSymbolicLink(library, shared().resolve("libb.so"));
        load();
        assertFalse(Files.isSymbolicLink(library));
        assertEquals(List.of("/META-INF/natives.txt", "/liba.so"), opened);
        takesNone();
    }

    @Test
    void aFolderThatOthersCanWriteToIsNotUsed() throws IOException {
        load();
        Path shared = shared();
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwx---"));
        load();
        assertEquals(3, opened.size(), opened.toString());
        assertEquals("rwxrwx---", permissions(shared()));
    }

    @Test
    void aLinkInTheFoldersPlaceIsNotUsed() throws IOException {
        load();
        Path shared = shared();
        Path elsewhere = dir.resolve("elsewhere");
        Files.move(shared, elsewhere);
        Files.createSymbolicLink(shared, elsewhere);
        load();
        assertEquals(3, opened.size(), opened.toString());
        assertTrue(Files.exists(shared, LinkOption.NOFOLLOW_LINKS) && Files.isSymbolicLink(shared));
    }

    @Test
    void librariesOfAnotherListHaveAnotherFolder() throws IOException {
        load();
        String list = new String(resources.get("/META-INF/natives.txt"), StandardCharsets.UTF_8);
        resources.put(
                "/META-INF/natives.txt",
                (list + "0".repeat(64) + " 0 00000000 more" + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
        load();
        assertEquals(3, opened.size(), opened.toString());
        assertEquals(2, names(dir).size());
    }

    @Test
    void aLibraryOfAnotherDigestIsNeitherLoadedNorShared() throws IOException {
        resources.put("/liba.so", "something else".getBytes(StandardCharsets.UTF_8));
        IOException e = assertThrows(IOException.class, this::load);
        assertTrue(e.getMessage().startsWith("expected liba.so of SHA-256 "), e.getMessage());
        assertEquals(List.of("libb.so"), loaded);
        assertEquals(List.of("libb.so"), names(shared()));
    }

    @Test
    void programsThatStartAtOnceEachLoadWholeLibraries() throws Exception {
        ExecutorService programs = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> each = Collections.nCopies(8, () -> {
                List<String> mine = new ArrayList<>();
                new Natives(dir, name -> new ByteArrayInputStream(resources.get(name))).each(NAMES, path -> {
                    try {
                        mine.add(Files.readString(Path.of(path)));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                assertEquals(List.of("the library libb.so", "the library liba.so"), mine);
                return null;
            });
            for (Future<Void> program : programs.invokeAll(each)) {
                program.get();
            }
        } finally {
            programs.shutdownNow();
        }
        assertEquals(List.of("liba.so", "libb.so"), names(shared()));
        takesNone();
    }

    /** In a process of its own, for this one may have loaded them. */
    @Test
    void aTemporaryFolderThatCantBeUsedIsSaidInOneLine() throws Exception {
        Path missing = dir.resolve("missing");
        Program said = Program.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Djava.io.tmpdir=" + missing,
                        "-Dlog4j2.configurationFile="
                                + Path.of("conf/log4j2.properties").toAbsolutePath(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starts.class.getName())
                .ended(ExitStatus.TRAINING.code());
        assertTrue(
                said.output()
                        .contains("expected BigDL's native libraries to load, found java.nio.file.NoSuchFileException: "
                                + missing.resolve("softlabel-natives-")),
                said.output());
        assertFalse(said.output().contains("\tat "), said.output());
    }

    /** Starts BigDL's engine, and tells why it can't. */
    static final class Starts {
        private Starts() {}

        public static void main(String[] args) {
            try {
                Engine.start();
            } catch (JobException e) {
                System.out.println(e.getMessage());
                System.exit(e.status().code());
            }
        }
    }
}
