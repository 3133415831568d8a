package ai.softlabel.command.bench;

import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The rows of {@code bench size}: printed as they come, and kept in {@code --out}, where a later call finds them. */
final class SizeRows {
    private static final String FILE = "size.jsonl";
    private static final double MOST_GROWTH = 1.1;
    private static final List<String> MEMORY =
            List.of("live_heap_bytes", "beside_heap_bytes", "driver_live_heap_bytes", "driver_beside_heap_bytes");
    /** Rows that share these can be compared. */
    private static final List<String> SETTING = List.of(
            "case",
            "git",
            "master",
            "executors",
            "slots",
            "driver_heap_megabytes",
            "executor_memory",
            "architecture",
            "image_size",
            "batch_size",
            "replicas",
            "store",
            "settings");

    private static final List<String> NUMBERS = List.of("pictures", "classes");

    private final Directory kept;
    private final PrintStream out;
    private final List<ObjectNode> rows = new ArrayList<>();

    /** @param kept where they are kept, or null */
    SizeRows(Directory kept, PrintStream out) throws IOException {
        this.kept = kept;
        this.out = out;
        if (kept != null && kept.has(FILE)) {
            for (String line : kept.readText(FILE).lines().toList()) {
                rows.add(row(line));
            }
        }
    }

    private ObjectNode row(String line) {
        try {
            if (Json.parse(line) instanceof ObjectNode row) {
                return row;
            }
        } catch (JsonProcessingException e) {
            // Told below.
        }
        throw JobException.input(
                "expected a JSON object in each line of %s, found %s; remove the file to measure anew, or restore it",
                kept.path(FILE), line);
    }

    /** What a row shares with those that it can be compared with, as text. */
    static String setting(ObjectNode row) {
        return SETTING.stream().map(k -> k + "=" + row.path(k).asText()).collect(Collectors.joining("\n"));
    }

    /** A row that is there already, printed again. */
    boolean has(ObjectNode key) {
        Optional<ObjectNode> found = rows.stream().filter(r -> same(r, key)).findFirst();
        found.ifPresent(this::print);
        return found.isPresent();
    }

    private static boolean same(ObjectNode a, ObjectNode b) {
        return setting(a).equals(setting(b))
                && NUMBERS.stream().allMatch(k -> a.path(k).equals(b.path(k)));
    }

    /** Whether a row's memory is that of all of its work in all processes. */
    private static boolean comparable(ObjectNode row) {
        return row.path("whole").asBoolean() && !row.path("resumed").asBoolean();
    }

    /**
     * Adds a row; {@code within} says whether its memory is within 10 % of the first one's of the same settings. A row
     * that can't be compared has none.
     */
    void add(ObjectNode row, MemoryWatch.Result memory) throws IOException {
        MemoryWatch.Most driver = memory.driver();
        long heap = 0;
        long beside = 0;
        boolean fixed = driver.fixed();
        for (MemoryWatch.Most worker : memory.workers()) {
            heap = Math.max(heap, worker.heap());
            beside = Math.max(beside, worker.beside());
            fixed &= worker.fixed();
        }
        row.put("executors_measured", memory.workers().size())
                .put("whole", memory.whole())
                .put("live_heap_bytes", heap)
                .put("beside_heap_bytes", beside)
                .put("driver_live_heap_bytes", driver.heap())
                .put("driver_beside_heap_bytes", driver.beside())
                .put("heap_fixed", fixed);
        if (comparable(row)) {
            ObjectNode first = rows.stream()
                    .filter(r -> comparable(r) && setting(r).equals(setting(row)))
                    .findFirst()
                    .orElse(row);
            row.put(
                    "within",
                    MEMORY.stream()
                            .allMatch(of -> row.path(of).asLong()
                                    <= MOST_GROWTH * first.path(of).asLong()));
        }
        rows.add(row);
        print(row);
        if (kept != null) {
            StringBuilder lines = new StringBuilder();
            rows.forEach(r -> lines.append(Json.line(r)));
            kept.writeText(FILE, lines.toString());
            kept.writeText("size.md", table());
        }
    }

    private void print(ObjectNode row) {
        out.print(Json.line(row));
        out.flush();
    }

    private String table() {
        StringBuilder text = new StringBuilder("| case | pictures | classes | images/s | live heap, MB |");
        text.append(" beside the heap, MB | driver's, MB | and beside, MB | compared |\n");
        text.append("|---|---|---|---|---|---|---|---|---|\n");
        for (ObjectNode r : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %s | %s | %d | %s | %d | %s | %s |%n",
                    r.path("case").asText(),
                    r.path("pictures").asLong(),
                    r.path("classes").asText(),
                    rate(r),
                    megabytes(r, "live_heap_bytes"),
                    beside(r, "beside_heap_bytes"),
                    megabytes(r, "driver_live_heap_bytes"),
                    beside(r, "driver_beside_heap_bytes"),
                    compared(r)));
        }
        return text.toString();
    }

    /** None where all had been predicted before. */
    private static String rate(ObjectNode row) {
        JsonNode rate = row.path("images_per_second");
        return rate.isNumber() ? String.format(Locale.ROOT, "%.0f", rate.asDouble()) : "–";
    }

    private static String compared(ObjectNode row) {
        if (row.path("resumed").asBoolean()) {
            return "no: resumed";
        }
        if (!row.path("whole").asBoolean()) {
            return "no: of " + row.path("executors_measured").asInt() + " executors, or not from the beginning";
        }
        return row.path("within").asBoolean() ? "within" : "more";
    }

    private static long megabytes(ObjectNode row, String of) {
        return row.path(of).asLong() >> 20;
    }

    /** Not known where the heap grows. */
    private static String beside(ObjectNode row, String of) {
        return row.path("heap_fixed").asBoolean() ? String.valueOf(megabytes(row, of)) : "–";
    }
}
