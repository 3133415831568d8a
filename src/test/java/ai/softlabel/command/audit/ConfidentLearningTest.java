package ai.softlabel.command.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
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

    /** Of several labels the same pictures by class and in all, among them a class of one picture and one of none. */
    @Test
    void findsWhatCleanlabFindsOfSeveralLabels() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode golden = json.readTree(TestFiles.bytes("golden/audit.json"));
        int all = 0;
        for (JsonNode c : golden.get("several")) {
            double[][] probabilities = json.convertValue(c.get("probabilities"), double[][].class);
            int[][] labels = json.convertValue(c.get("labels"), int[][].class);
            int classes = probabilities[0].length;
            boolean[][] has = new boolean[labels.length][classes];
            for (int i = 0; i < labels.length; i++) {
                for (int label : labels[i]) {
                    has[i][label] = true;
                }
            }
            boolean[][] found = ConfidentLearning.issues(has, probabilities);
            TreeSet<Integer> any = new TreeSet<>();
            for (int k = 0; k < classes; k++) {
                int label = k;
                List<Integer> of = IntStream.range(0, found.length)
                        .filter(i -> found[i][label])
                        .boxed()
                        .toList();
                assertEquals(json.convertValue(c.at("/issues_by_class/" + k), List.class), of);
                any.addAll(of);
            }
            assertEquals(json.convertValue(c.get("issues"), List.class), List.copyOf(any));
            all += any.size();
        }
        assertTrue(all > 100, "few issues: " + all);
    }
}
