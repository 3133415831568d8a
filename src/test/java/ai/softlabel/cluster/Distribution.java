package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.softlabel.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The distribution that {@code mvn -P release package} makes. */
final class Distribution {
    private Distribution() {}

    /** The version of this checkout. */
    static String version() throws IOException {
        Matcher m = Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(Path.of("pom.xml")));
        if (!m.find()) {
            throw new IllegalStateException("no version in pom.xml");
        }
        return m.group(1);
    }

    /** The archive; without one the test is skipped. */
    static Path archive() throws IOException {
        Path archive = Path.of("target", "softlabel-" + version() + ".tar.gz").toAbsolutePath();
        assumeTrue(Files.exists(archive), "skipped: it needs the distribution; the profile release makes it");
        return archive;
    }

    /** Unpacks it and gives its folder. */
    static Path unpack(Path dir) throws IOException, InterruptedException {
        Program.run("tar", "-xzf", archive().toString(), "-C", dir.toString()).ended(0);
        return dir.resolve("softlabel-" + version());
    }
}
