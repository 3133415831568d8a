package ai.softlabel.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ai.softlabel.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes of all kinds, made from valid inputs: by our own changes, and by Jazzer's. */
class FuzzTest {
    // Jazzer takes about fifteen seconds to start, so that a short run of it is for two targets only.
    private static final double SECONDS = 2;
    private static final int JAZZER_SECONDS = 4;
    /** For Jazzer, which looks for new paths; our own changes go up to the decoder's limit. */
    private static final long JAZZER_PIXELS = 1_000_000;

    /** A picture of 23 million pixels in 200 bytes (WebP) takes 1.2 s, and 14 s in code that Jazzer changed. */
    private static final int JAZZER_PATIENCE = 120;

    private static final long LEAST = 100;
    private static final long MANY = 1_000_000;

    @TempDir
    Path dir;

    private static void run(Target target, long seed, long inputs, double seconds) throws IOException {
        Mutations mutations = new Mutations(target.corpus(), seed);
        long start = System.nanoTime();
        long n = 0;
        while (n < inputs && (n < LEAST || System.nanoTime() - start < seconds * 1e9)) {
            byte[] input = mutations.input(n);
            try {
                target.one.accept(input);
            } catch (Throwable e) {
                String text = Base64.getEncoder().encodeToString(input);
                fail(target + ", seed " + seed + ", input " + n + ", in base 64: " + text, e);
            }
            n++;
        }
        System.out.printf("fuzzed: %s, %d inputs, %.1f s%n", target, n, (System.nanoTime() - start) / 1e9);
    }

    @ParameterizedTest
    @EnumSource
    void someSecondsOfChanges(Target target) throws IOException {
        run(target, 1, Long.MAX_VALUE, SECONDS);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void aMillionChanges(Target target) throws IOException {
        run(target, 2, MANY, Double.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @EnumSource(names = {"DECODER", "SAFETENSORS"})
    void someSecondsOfJazzer(Target target) throws Exception {
        jazzer(target, "-max_total_time=" + JAZZER_SECONDS);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void aMillionRunsOfJazzer(Target target) throws Exception {
        jazzer(target, "-runs=" + MANY);
    }

    /** Jazzer as a program of its own; it ends with 0 where it found nothing. */
    private void jazzer(Target target, String limit) throws Exception {
        Path corpus = Files.createDirectories(dir.resolve("corpus"));
        int n = 0;
        for (byte[] input : target.corpus()) {
            Files.write(corpus.resolve("input" + n++), input);
        }
        Program program = Program.run(
                        Map.of(),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx1g",
                                "-Dsoftlabel.fuzz.seconds=" + JAZZER_PATIENCE,
                                "-Dsoftlabel.fuzz.pixels=" + JAZZER_PIXELS,
                                "-cp",
                                System.getProperty("java.class.path"),
                                "com.code_intelligence.jazzer.Jazzer",
                                "--target_class=" + target.type.getName(),
                                "--instrumentation_includes=ai.softlabel.**:com.twelvemonkeys.**",
                                "--custom_hook_includes=ai.softlabel.**",
                                "--reproducer_path=" + dir,
                                "-artifact_prefix=" + dir + "/",
                                "-timeout=" + JAZZER_PATIENCE,
                                // What it measures begins with the peak of the JVM that started it; -Xmx holds instead.
                                "-rss_limit_mb=0",
                                "-max_len=4096",
                                "-seed=1",
                                limit,
                                corpus.toString()))
                .ended(0);
        String last = program.output().lines().filter(l -> l.contains("DONE")).reduce("", (a, b) -> b);
        System.out.println("fuzzed by Jazzer: " + target + " " + last);
        assertTrue(last.contains("cov:"), program.output());
    }
}
