package ai.softlabel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where tests find their files. */
public final class TestFiles {
    private TestFiles() {}

    /** A file below {@code src/test/resources}. */
    public static Path resource(String name) {
        try {
            return Path.of(TestFiles.class.getResource("/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(resource(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What lies in a folder, sorted. */
    public static List<Path> list(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            return found.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder or file beside the project's checkout; the test is skipped with a message where it is not there. */
    public static Path shared(String name) {
        Path path = Path.of("..", "shared", name).toAbsolutePath().normalize();
        assumeTrue(Files.exists(path), "skipped: it needs ../shared/" + name + ", which is not here");
        return path;
    }
}
