package ai.softlabel.cluster;

import ai.softlabel.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What JVMs hold over a long time: live heap after a collection, threads and open files. */
final class Vitals {
    // jcmd collects before it counts, and what it counts is live.
    private static final Pattern LIVE = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final int LOOKS = 4;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    /** One look at a JVM; sizes are megabytes, {@code resident} is all of its memory, the heap with it. */
    private record Sample(double heap, double resident, long threads, long files) {}

    private record Jvm(String name, List<Sample> samples) {}

    // In the order of their first looks.
    private final Map<Long, Jvm> jvms = new LinkedHashMap<>();

    /** Looks at a JVM that is to be running for a while already. */
    void sample(String name, ProcessHandle jvm) throws InterruptedException {
        long pid = jvm.pid();
        try {
            double heap = heap(pid);
            Path proc = Path.of("/proc", String.valueOf(pid));
            Matcher resident = RESIDENT.matcher(Files.readString(proc.resolve("status")));
            if (Double.isFinite(heap) && resident.find()) {
                jvms.computeIfAbsent(pid, p -> new Jvm(name, new ArrayList<>()))
                        .samples()
                        .add(new Sample(
                                heap,
                                Double.parseDouble(resident.group(1)) / 1024,
                                count(proc.resolve("task")),
                                count(proc.resolve("fd"))));
            }
        } catch (IOException e) {
            // It has just ended.
            return;
        }
    }

    /** The least of some looks, MB: between them a step's tensors and messages come and go. */
    private static double heap(long pid) throws IOException, InterruptedException {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < LOOKS; i++) {
            Matcher live = LIVE.matcher(Program.run("jcmd", String.valueOf(pid), "GC.class_histogram")
                    .output());
            if (live.find()) {
                least = Math.min(least, Double.parseDouble(live.group(1)) / (1 << 20));
            }
            Thread.sleep(300);
        }
        return least;
    }

    private static long count(Path dir) throws IOException {
        try (Stream<Path> entries = Files.list(dir)) {
            return entries.count();
        }
    }

    /** A row for each JVM that was looked at more than once: its first and its last look. */
    List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (Jvm jvm : jvms.values()) {
            int n = jvm.samples().size();
            if (n > 1) {
                Sample a = jvm.samples().get(0);
                Sample b = jvm.samples().get(n - 1);
                rows.add(String.format(
                        Locale.ROOT,
                        "| %s | %d | %.0f, %.0f | %.0f, %.0f | %d, %d | %d, %d |",
                        jvm.name(),
                        n,
                        a.heap(),
                        b.heap(),
                        a.resident(),
                        b.resident(),
                        a.threads(),
                        b.threads(),
                        a.files(),
                        b.files()));
            }
        }
        return rows;
    }

    /**
     * The JVMs that hold more in the end: a tenth and 32 MB of live heap beyond what a JVM of that name was ever seen
     * to hold before (an executor holds twice as much while it trains as while it waits, so that one look says little),
     * or a tenth and 16 of threads or files beyond the first look.
     */
    List<String> grown() {
        List<String> grown = new ArrayList<>();
        Map<String, Double> most = new TreeMap<>();
        for (Jvm jvm : jvms.values()) {
            Sample a = jvm.samples().get(0);
            Sample b = jvm.samples().get(jvm.samples().size() - 1);
            double before = jvm.samples().subList(0, jvm.samples().size() - 1).stream()
                    .mapToDouble(Sample::heap)
                    .reduce(most.getOrDefault(jvm.name(), 0.0), Math::max);
            if (before > 0 && b.heap() > 1.1 * before + 32
                    || b.threads() > 1.1 * a.threads() + 16
                    || b.files() > 1.1 * a.files() + 16) {
                grown.add(jvm.name() + ": " + a + ", then " + b);
            }
            most.put(jvm.name(), Math.max(before, b.heap()));
        }
        return grown;
    }
}
