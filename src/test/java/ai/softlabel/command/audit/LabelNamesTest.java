package ai.softlabel.command.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Part;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.files.Directory;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The findings and files of pictures of several labels. */
class LabelNamesTest {
    private static final LabelNames NAMES = new LabelNames(List.of("cat", "indoors", "toy, small"), "|");
    private static final int PICTURES = 60;

    @TempDir
    Path dir;

    /** Pictures of all eight sets of labels, and heads that are right and sure; of picture 9 two labels are changed. */
    private static Findings findings() {
        List<Entry> entries = new ArrayList<>();
        List<Prediction> predictions = new ArrayList<>();
        List<Look> looks = new ArrayList<>();
        Map<String, Part> parts = new HashMap<>();
        for (int i = 0; i < PICTURES; i++) {
            double[] p = new double[3];
            List<Integer> labels = new ArrayList<>();
            for (int c = 0; c < 3; c++) {
                boolean truth = (i >> c & 1) == 1;
                p[c] = truth ? 0.9 : 0.1;
                if (truth != (i == 9 && c < 2)) {
                    labels.add(c);
                }
            }
            String name = "p" + i;
            entries.add(new Entry(name, 0, Official.TRAIN, 1, null, labels));
            int[] own = labels.stream().mapToInt(Integer::intValue).toArray();
            predictions.add(new Prediction(name, -1, own, 0, new float[3], p));
            looks.add(new Look(name, i, i, 1, 7, 100, 1, new float[0]));
            parts.put(name, i < 40 ? Part.TRAIN : Part.TEST);
        }
        List<Copies.Pair> pairs = List.of(new Copies.Pair(8, 16, true, 1));
        return Findings.of(NAMES, entries, parts, predictions, looks, pairs);
    }

    @Test
    void everyChangedLabelIsInTheSuggestion() {
        Findings found = findings();
        assertEquals(
                List.of(
                        // Picture 9 is a cat; its labels say that it is indoors instead.
                        new Issue("p9", "indoors", Issue.Kind.LABEL, "cat", "", 0.8),
                        new Issue("p16", "|", Issue.Kind.DUPLICATE, Issue.DROP, "p8", 1)),
                found.issues());
        assertEquals(0, found.testError(false));
        Prediction p = found.predictions().get(9);
        assertEquals("cat", NAMES.predicted(p));
        assertEquals(0.9, LabelNames.confidence(p));
        assertEquals(0.1, LabelNames.labelProbability(p), 1e-12);
        assertEquals(2 / 3.0, LabelNames.error(p), 1e-12);
    }

    @Test
    void filesHaveTheLabelsWithTheSeparatorBetween() throws IOException {
        AuditFiles files = new AuditFiles(findings(), NAMES, Directory.of("out", dir.toString(), new Configuration()));
        files.issues();
        files.labels();
        files.page(Map.of());
        List<String> labels = Files.readAllLines(dir.resolve("labels.csv"));
        assertEquals(1 + PICTURES - 2, labels.size());
        assertEquals("p0,|,train,,", labels.get(1));
        assertEquals("p3,cat | indoors,train,,", labels.get(4));
        assertEquals("p7,\"cat | indoors | toy, small\",train,,", labels.get(8));
        assertFalse(labels.stream().anyMatch(l -> l.startsWith("p9,") || l.startsWith("p16,")));
        assertEquals(
                "p9,indoors,label,cat,,0.800000",
                Files.readAllLines(dir.resolve("issues.csv")).get(1));
        JsonNode line = new ObjectMapper()
                .readTree(Files.readAllLines(dir.resolve("audit.jsonl")).get(0));
        assertEquals("cat", line.get("predicted").asText());
        assertTrue(Files.readString(dir.resolve("report.html")).contains("\"separator\":\"|\""));
    }
}
