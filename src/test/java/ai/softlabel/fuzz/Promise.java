package ai.softlabel.fuzz;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Plain;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What every fuzz target promises of any input. */
public final class Promise {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Code that Jazzer changed takes about ten times as long, see {@link FuzzTest}. */
    private static final int MOST_SECONDS = Integer.getInteger("softlabel.fuzz.seconds", 10);

    private static final long MOST_NANOS = MOST_SECONDS * 1_000_000_000L;
    public static final long MOST_BYTES = 64L << 20;
    private static final int LONGEST_LINE = 1500;

    private Promise() {}

    /** Code under test. */
    @FunctionalInterface
    public interface Code {
        void run() throws IOException;
    }

    public static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /**
     * Runs code that ends well, or with one line and one of these statuses, in less than 10 s, and allocates at most 64
     * MB.
     */
    public static void oneLine(Set<ExitStatus> statuses, Code code) {
        Cost cost = Cost.of(() -> end(statuses, code));
        require(cost.bytes() <= MOST_BYTES, "allocated " + cost.bytes() + " bytes");
        require(!cost.slow(), tooSlow());
    }

    public static String tooSlow() {
        return "took more than " + MOST_SECONDS + " s";
    }

    private static void end(Set<ExitStatus> statuses, Code code) {
        try {
            code.run();
        } catch (JobException e) {
            String line = e.getMessage();
            require(statuses.contains(e.status()), "status " + e.status() + ": " + line);
            require(line.length() < LONGEST_LINE && line.chars().noneMatch(Plain::hidden), "no line to show: " + line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a piece of code allocated on its thread, and how long it took. */
    public record Cost(long bytes, long nanos) {
        /**
         * Of a second run where the first took more than 64 MB or 10 s: a first time loads classes, Jazzer changes
         * them, and a machine with other work stands still; none happens twice.
         */
        public static Cost of(Runnable code) {
            Cost first = once(code);
            return first.bytes() > MOST_BYTES || first.slow() ? once(code) : first;
        }

        private static Cost once(Runnable code) {
            long start = System.nanoTime();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            code.run();
            long nanos = System.nanoTime() - start;
            return new Cost(THREADS.getCurrentThreadAllocatedBytes() - before, nanos);
        }

        /** Whether it took more than 10 s. */
        public boolean slow() {
            return nanos > MOST_NANOS;
        }
    }

    /** An input as its parts, which NUL bytes separate; what is missing is empty. */
    public static List<byte[]> parts(byte[] input, int most) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < input.length && parts.size() < most - 1; i++) {
            if (input[i] == 0) {
                parts.add(Arrays.copyOfRange(input, from, i));
                from = i + 1;
            }
        }
        parts.add(Arrays.copyOfRange(input, from, input.length));
        while (parts.size() < most) {
            parts.add(new byte[0]);
        }
        return parts;
    }

    public static String text(byte[] part) {
        return new String(part, StandardCharsets.UTF_8);
    }

    /** A folder of this process for the files that a target reads, in memory where the system has that. */
    public static Path folder(String name) {
        try {
            Path memory = Path.of("/dev/shm");
            Path folder = Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "softlabel-fuzz-" + name)
                    : Files.createTempDirectory("softlabel-fuzz-" + name);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                for (java.io.File f : folder.toFile().listFiles()) {
                    f.delete();
                }
                folder.toFile().delete();
            }));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
