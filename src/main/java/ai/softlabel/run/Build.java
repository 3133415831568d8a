package ai.softlabel.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Version and commit of this build.
 *
 * @param version the project's version
 * @param git the commit, or "unknown"
 */
public record Build(String version, String git) {
    /** Reads the values that the build wrote. */
    public static Build current() {
        Properties p = new Properties();
        try (InputStream in = Build.class.getResourceAsStream("/softlabel.properties")) {
            p.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String git = p.getProperty("git");
        return new Build(p.getProperty("version"), git.contains("$") ? "unknown" : git);
    }
}
