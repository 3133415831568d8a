package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code src/test/python/check_run.py}, which computes the figures of a directory again from its predictions. */
public final class CheckRun {
    private static final Path SCRIPTS = Path.of("src/test/python");

    private CheckRun() {}

    /**
     * The script finds every figure of these directories right, and a planted wrong one of each family. The rest of a
     * test is skipped where there is no Python 3.11, so this comes last.
     */
    public static void agreesAndFindsWhatIsPlanted(Path... directories) throws IOException, InterruptedException {
        String output = run("test_check_run.py", directories).ended(0).output();
        assertTrue(output.contains("planted"), output);
    }

    /** The script ends with 1 and names this figure where a report has another number there. */
    public static void finds(String figure, Path directory) throws IOException, InterruptedException {
        String output = run("check_run.py", directory).ended(1).output();
        assertTrue(output.contains("differs: " + figure + ": the report says "), output);
    }

    private static Program run(String script, Path... directories) throws IOException, InterruptedException {
        assumeTrue(isPython311(), "skipped: it needs Python 3.11 on the path, for which its packages are locked");
        Path python = PythonEnvironment.of("check-python", SCRIPTS.resolve("requirements-check.txt"));
        List<String> command = new ArrayList<>(List.of(
                python.resolve("bin/python").toString(), SCRIPTS.resolve(script).toString()));
        Stream.of(directories).map(Path::toString).forEach(command::add);
        return Program.run(command.toArray(String[]::new));
    }

    private static boolean isPython311() throws InterruptedException {
        try {
            return Program.run("python3", "--version").output().startsWith("Python 3.11.");
        } catch (IOException e) {
            return false;
        }
    }
}
