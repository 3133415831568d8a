package ai.softlabel.command.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SizeRowsTest {
    private static final long MEGABYTE = 1 << 20;

    @TempDir
    Path dir;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private SizeRows rows() throws IOException {
        return new SizeRows(
                Directory.of("out", dir.toString(), new Configuration()),
                new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private static ObjectNode row(int pictures) {
        return Json.object()
                .put("case", "size")
                .put("git", "g")
                .put("master", "m")
                .put("architecture", "resnet18")
                .put("pictures", pictures);
    }

    private static MemoryWatch.Most most(String executor, long heap, long beside, boolean fixed) {
        return new MemoryWatch.Most(executor, heap * MEGABYTE, beside * MEGABYTE, fixed, true);
    }

    private static MemoryWatch.Result memory(long driver, long executor, boolean fixed) {
        return new MemoryWatch.Result(
                most("driver", driver, 50, true),
                List.of(most("0", executor - 1, 70, true), most("1", executor, 60, fixed)),
                2);
    }

    @Test
    void rowsAreKeptAndSayWhetherMemoryGrew() throws IOException {
        SizeRows first = rows();
        ObjectNode small = row(20);
        assertFalse(first.has(small));
        first.add(small.put("images_per_second", 10.0), memory(100, 200, true));
        ObjectNode large = row(90);
        first.add(large.put("images_per_second", 9.0), memory(100, 221, false));
        assertTrue(small.get("within").asBoolean());
        // More than a tenth on one executor.
        assertFalse(large.get("within").asBoolean());
        assertEquals(221 * MEGABYTE, large.get("live_heap_bytes").asLong());
        assertEquals(70 * MEGABYTE, large.get("beside_heap_bytes").asLong());
        assertFalse(large.get("heap_fixed").asBoolean());

        // Another call finds both, and not one of another number or of other classes.
        SizeRows again = rows();
        assertTrue(again.has(row(20)) && again.has(row(90)));
        assertFalse(again.has(row(91)));
        assertFalse(again.has(row(20).put("classes", 3)));
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(lines.subList(0, 2), lines.subList(2, 4));
        List<String> table = Files.readAllLines(dir.resolve("size.md"));
        assertEquals("| size | 20 |  | 10 | 200 | 70 | 100 | 50 | within |", table.get(2));
        assertEquals("| size | 90 |  | 9 | 221 | – | 100 | – | more |", table.get(3));
    }

    @Test
    void aRowOfOtherSettingsIsAnotherOne() throws IOException {
        SizeRows rows = rows();
        rows.add(row(20), memory(100, 200, true));
        for (ObjectNode other : List.of(
                row(20).put("architecture", "resnet50"),
                row(20).put("git", "h"),
                row(20).put("batch_size", 8),
                row(20).put("replicas", 1),
                row(20).put("store", "encoded:1"),
                row(20).put("driver_heap_megabytes", 512),
                row(20).put("settings", "s"))) {
            assertFalse(rows.has(other), other.toString());
            assertNotEquals(SizeRows.setting(row(20)), SizeRows.setting(other));
        }
        // A larger network is not held against a smaller one.
        ObjectNode larger = row(20).put("architecture", "resnet50");
        rows.add(larger, memory(100, 900, true));
        assertTrue(larger.get("within").asBoolean());
        assertEquals(SizeRows.setting(row(20)), SizeRows.setting(row(90).put("classes", 3)));
    }

    @Test
    void aRowOfAPartIsComparedWithNone() throws IOException {
        SizeRows rows = rows();
        ObjectNode rest = row(20).put("resumed", true);
        rows.add(rest, memory(10, 20, true));
        // One of two executors was found, and another one came late.
        ObjectNode few = row(30);
        rows.add(few, new MemoryWatch.Result(most("driver", 100, 50, true), List.of(most("0", 20, 70, true)), 2));
        MemoryWatch.Most late = new MemoryWatch.Most("1", MEGABYTE, MEGABYTE, true, false);
        ObjectNode partly = row(40);
        rows.add(
                partly,
                new MemoryWatch.Result(most("driver", 100, 50, true), List.of(most("0", 20, 70, true), late), 2));
        ObjectNode whole = row(50);
        rows.add(whole, memory(100, 200, true));
        ObjectNode next = row(60);
        rows.add(next, memory(100, 300, true));
        for (ObjectNode r : List.of(rest, few, partly)) {
            assertFalse(r.has("within"), r.toString());
        }
        assertEquals(1, few.get("executors_measured").asInt());
        assertFalse(few.get("whole").asBoolean() || partly.get("whole").asBoolean());
        assertTrue(whole.get("within").asBoolean());
        assertFalse(next.get("within").asBoolean());
        List<String> table = Files.readAllLines(dir.resolve("size.md"));
        assertEquals("| size | 20 |  | – | 20 | 70 | 10 | 50 | no: resumed |", table.get(2));
        assertTrue(table.get(3).endsWith("| no: of 1 executors, or not from the beginning |"), table.get(3));
    }

    @Test
    void aBrokenLineIsNamed() throws IOException {
        Files.writeString(dir.resolve("size.jsonl"), "{\"case\":\n");
        JobException e = assertThrows(JobException.class, this::rows);
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().contains("size.jsonl"), e.getMessage());
    }
}
