package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.softlabel.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This checkout's commit in a folder of its own: changes that are not committed are not in it. */
final class Checkout {
    private Checkout() {}

    /** Clones it; where this is no checkout the test is skipped. */
    static Path into(Path folder) throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of(".git")), "skipped: it needs a git checkout");
        String commit =
                Program.run("git", "rev-parse", "HEAD").ended(0).output().strip();
        Program.run(
                        "git",
                        "clone",
                        "-q",
                        "--no-checkout",
                        Path.of("").toAbsolutePath().toString(),
                        folder.toString())
                .ended(0);
        Program.run("git", "-C", folder.toString(), "checkout", "-q", "--detach", commit)
                .ended(0);
        return folder;
    }
}
