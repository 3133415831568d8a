package ai.softlabel.command.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfidentLearningTest {
    /** The same set as cleanlab 2.9 on the same probabilities; {@code make_audit_golden.py} made it. */
    @Test
    void findsWhatCleanlabFinds() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode golden = json.readTree(TestFiles.bytes("golden/audit.json"));
        assertEquals("2.9.0", golden.get("cleanlab").asText());
        int all = 0;
        for (JsonNode c : golden.get("cases")) {
            int[] labels = json.convertValue(c.get("labels"), int[].class);
            double[][] probabilities = json.convertValue(c.get("probabilities"), double[][].class);
            int[] expected = json.convertValue(c.get("issues"), int[].class);
            boolean[] found = ConfidentLearning.issues(labels, probabilities);
            List<Integer> indices = new ArrayList<>();
            for (int i = 0; i < found.length; i++) {
                if (found[i]) {
                    indices.add(i);
                }
            }
            assertEquals(java.util.Arrays.stream(expected).boxed().toList(), indices);
            all += indices.size();
        }
        assertTrue(all > 100, "few issues: " + all);
    }
}
