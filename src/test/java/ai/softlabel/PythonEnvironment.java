package ai.softlabel;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Python's virtual environments below {@code target}, each by a lock of hashes, kept from build to build. */
public final class PythonEnvironment {
    private PythonEnvironment() {}

    /** The environment's folder; it is installed where the lock is another than the last time. */
    public static Path of(String name, Path lock) throws IOException, InterruptedException {
        Path folder = Path.of("target", name).toAbsolutePath();
        Path done = folder.resolve("requirements.txt");
        Files.createDirectories(folder.getParent());
        // Two processes test at once.
        try (FileChannel file = FileChannel.open(
                        folder.resolveSibling(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = file.lock()) {
            install(folder, done, lock);
        }
        return folder;
    }

    private static void install(Path folder, Path done, Path lock) throws IOException, InterruptedException {
        if (!Files.exists(done) || Files.mismatch(done, lock) >= 0) {
            Program.run("python3", "-m", "venv", "--clear", folder.toString()).ended(0);
            Program.run(
                            folder.resolve("bin/pip").toString(),
                            "install",
                            "-q",
                            // Most of what comes along is never imported.
                            "--no-compile",
                            "--no-deps",
                            "--require-hashes",
                            "-r",
                            lock.toString())
                    .ended(0);
            Files.copy(lock, done);
        }
    }
}
