package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The notebooks, executed as a reader would, and committed with what they came to. */
@Tag("pages")
@Tag("long")
class NotebooksIT {
    @TempDir
    Path dir;

    private static List<JsonNode> code(Path notebook) throws IOException {
        JsonNode cells = new ObjectMapper().readTree(notebook.toFile()).get("cells");
        return cells.findParents("execution_count").stream()
                .filter(c -> c.path("cell_type").asText().equals("code"))
                .toList();
    }

    /** What a cell came to: the kinds of its outputs. */
    private static List<String> kinds(JsonNode cell) {
        return cell.findValuesAsText("output_type").stream().distinct().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"label-smoothing", "compare-smoothing", "estimator"})
    void runsFromStartToEnd(String name) throws Exception {
        Path committed = Path.of("notebooks", name + ".ipynb");
        Program.run(
                        Map.of("SPARK_LOCAL_IP", "127.0.0.1"),
                        List.of(
                                "notebooks/start",
                                "nbconvert",
                                "--to",
                                "notebook",
                                "--execute",
                                "--output-dir",
                                dir.toString(),
                                committed.toString()))
                .ended(0);
        List<JsonNode> before = code(committed);
        List<JsonNode> now = code(dir.resolve(name + ".ipynb"));
        assertFalse(now.isEmpty());
        assertEquals(before.size(), now.size());
        for (int i = 0; i < now.size(); i++) {
            assertTrue(before.get(i).get("execution_count").isInt(), "committed with outputs: " + before.get(i));
            assertEquals(kinds(before.get(i)), kinds(now.get(i)), now.get(i).toString());
        }
    }
}
