package ai.softlabel.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes of all kinds, from the pictures and lists of the other tests: by our own changes, and by Jazzer's. */
class FuzzTest {
    private static final double SECONDS = 10;
    private static final long MANY = 1_000_000;

    @TempDir
    Path dir;

    /** What is fuzzed, and with what it begins. */
    enum Target {
        DECODER(DecoderFuzz::fuzzerTestOneInput, DecoderFuzz.class) {
            @Override
            List<byte[]> corpus() throws IOException {
                List<byte[]> corpus = new ArrayList<>();
                try (Stream<Path> files = Files.list(TestFiles.resource("pictures"))) {
                    for (Path f : files.filter(f -> !f.toString().endsWith(".rgb"))
                            .sorted()
                            .toList()) {
                        corpus.add(Files.readAllBytes(f));
                    }
                }
                return corpus;
            }
        },
        ANNOTATIONS(AnnotationsFuzz::fuzzerTestOneInput, AnnotationsFuzz.class) {
            @Override
            List<byte[]> corpus() {
                return Stream.of(
                                "Cat_1 1 1 1\ndog_1 2 2 1\n\0dog_2 2 2 1\n",
                                "# a comment\n\nCat_1 1\r\ndog_1 999999\n",
                                "\uFEFFCat_1 3 1 1\0Cat_1 3 1 1\n",
                                "a 1\nb 2\n_ 3\n\u00E9_1 4\n\0")
                        .map(t -> t.getBytes(StandardCharsets.UTF_8))
                        .toList();
            }
        };

        final Consumer<byte[]> one;
        final Class<?> type;

        Target(Consumer<byte[]> one, Class<?> type) {
            this.one = one;
            this.type = type;
        }

        abstract List<byte[]> corpus() throws IOException;
    }

    private static void run(Target target, long seed, long inputs, double seconds) throws IOException {
        Mutations mutations = new Mutations(target.corpus(), seed);
        long begun = System.nanoTime();
        long n = 0;
        while (n < inputs && System.nanoTime() - begun < seconds * 1e9) {
            byte[] input = mutations.input(n);
            try {
                target.one.accept(input);
            } catch (Throwable e) {
                String text = Base64.getEncoder().encodeToString(input);
                fail(target + ", seed " + seed + ", input " + n + ", in base 64: " + text, e);
            }
            n++;
        }
        System.out.printf("fuzzed: %s, %d inputs, %.1f s%n", target, n, (System.nanoTime() - begun) / 1e9);
        assertTrue(n > 100, "only " + n + " inputs in " + seconds + " s");
    }

    @ParameterizedTest
    @EnumSource
    void tenSecondsOfChanges(Target target) throws IOException {
        run(target, 1, Long.MAX_VALUE, SECONDS);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void aMillionChanges(Target target) throws IOException {
        run(target, 2, MANY, Double.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @EnumSource
    void tenSecondsOfJazzer(Target target) throws Exception {
        jazzer(target, "-max_total_time=" + (int) SECONDS);
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
                                "-cp",
                                System.getProperty("java.class.path"),
                                "com.code_intelligence.jazzer.Jazzer",
                                "--target_class=" + target.type.getName(),
                                "--instrumentation_includes=ai.softlabel.data.**:com.twelvemonkeys.**",
                                "--custom_hook_includes=ai.softlabel.data.**",
                                "--reproducer_path=" + dir,
                                "-artifact_prefix=" + dir + "/",
                                "-timeout=10",
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
