package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Writes down each comparison with a reference, and fails where it is off; {@code src/test/python/conformance.py} makes
 * {@code docs/conformance.md} of the lines.
 */
public final class Comparisons {
    private static final Path FILE = Path.of("src", "target", "conformance.tsv");

    private Comparisons() {}

    /**
     * Notes and checks the worst error of a comparison.
     *
     * @param what is compared
     * @param reference with its version
     * @param worst the worst error that was seen, in the tolerance's unit
     * @param unit what the error is relative to
     */
    public static synchronized void check(String what, String reference, double worst, double tolerance, String unit) {
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(
                    FILE,
                    String.format(Locale.ROOT, "%s\t%s\t%.3e\t%.3e\t%s%n", what, reference, worst, tolerance, unit),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertTrue(
                worst <= tolerance,
                () -> what + " against " + reference + ": " + worst + " > " + tolerance + " (" + unit + ")");
    }
}
