package ai.softlabel.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Python's virtual environments below {@code target}, each by a lock of hashes, kept from build to build. */
final class Environment {
    private Environment() {}

    /** The environment's folder; it is installed where the lock is another than the last time. */
    static Path of(String name, Path lock) throws IOException, InterruptedException {
        Path folder = Path.of("target", name).toAbsolutePath();
        Path done = folder.resolve("requirements.txt");
        if (!Files.exists(done) || Files.mismatch(done, lock) >= 0) {
            run("python3", "-m", "venv", "--clear", folder.toString());
            run(
                    folder.resolve("bin/pip").toString(),
                    "install",
                    "-q",
                    "--no-deps",
                    "--require-hashes",
                    "-r",
                    lock.toString());
            Files.copy(lock, done);
        }
        return folder;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (p.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + "\n" + output);
        }
    }
}
