package ai.softlabel.command.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.loss.BinaryCrossEntropy;
import ai.softlabel.loss.Loss;
import ai.softlabel.metrics.StudentInterval;
import ai.softlabel.report.LabelsStudyPage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table of a study of several labels, of runs whose figures are known. */
class LabelsStudyTest {
    private static JsonNode run(double map, double heldOut) {
        ObjectNode report = new ObjectMapper().createObjectNode();
        report.putObject("training").put("loss", "binary-cross-entropy:epsilon=0.0");
        report.putObject("test").put("error", 0.2).put("ece", 0.1).putArray("bins");
        ObjectNode labels = report.putObject("labels")
                .put("chosen", "temperature")
                .put("map_macro", map)
                .put("nll", 0.4)
                .put("nll_plain", 0.5);
        labels.putObject("macro").put("f1", 0.7);
        if (heldOut > 0) {
            ObjectNode methods = labels.putObject("methods");
            methods.putObject("none").put("validation_nll", 9);
            methods.putObject("temperature").put("validation_nll", heldOut);
        }
        return report;
    }

    private static Map<Loss, List<JsonNode>> runs(double heldOut) {
        Map<Loss, List<JsonNode>> runs = new LinkedHashMap<>();
        runs.put(new BinaryCrossEntropy(0), List.of(run(0.8, heldOut), run(0.7, heldOut)));
        runs.put(new BinaryCrossEntropy(0.1), List.of(run(0.85, 3 * heldOut), run(0.77, 3 * heldOut)));
        runs.put(new BinaryCrossEntropy(0.2), List.of(run(0.5, 2 * heldOut), run(0.5, 2 * heldOut)));
        return runs;
    }

    @Test
    void figuresAreMeansAndDifferencesArePairedBySeed() {
        JsonNode table = LabelsStudy.table(runs(0.3));
        assertEquals(0.75, table.at("/0/map_macro").asDouble(), 1e-12);
        assertEquals(0.3, table.at("/0/held_out_nll").asDouble(), 1e-12);
        assertTrue(table.at("/0/train_error").isNull());
        JsonNode d = table.at("/1/differences/map_macro");
        assertEquals(0.06, d.get("value").asDouble(), 1e-12);
        double[] expected = StudentInterval.of(new double[] {0.85 - 0.8, 0.77 - 0.7});
        assertEquals(expected[0], d.at("/seeds_interval/0").asDouble(), 1e-12);
        assertEquals(expected[1], d.at("/seeds_interval/1").asDouble(), 1e-12);
        // By held-out NLL, not by mAP.
        assertEquals(
                List.of(true, false, true),
                table.findValues("chosen").stream().map(JsonNode::asBoolean).toList());
        assertTrue(LabelsStudy.table(runs(0)).findValues("chosen").isEmpty());
    }

    @Test
    void pageAndLinesHaveARowForEachLoss() {
        Map<Loss, List<JsonNode>> runs = runs(0.3);
        ObjectNode study = new ObjectMapper().createObjectNode();
        study.set("table", LabelsStudy.table(runs));
        String page = LabelsStudyPage.of(
                study, runs.values().stream().map(r -> r.get(0)).toList());
        assertTrue(page.contains("0.7500 ± 0.0707") && page.contains("+0.0600 ("), page);
        assertTrue(page.contains("binary-cross-entropy:epsilon=0.2 (least held-out NLL of the others)"), page);
        for (String never : List.of("NaN", "null", "Infinity")) {
            assertFalse(page.contains(never), never);
        }
        List<String> csv = LabelsStudyPage.csv(study).lines().toList();
        assertEquals(4, csv.size());
        for (String line : csv) {
            assertEquals(csv.get(0).split(",", -1).length, line.split(",", -1).length, line);
        }
        assertEquals(2 + 3, LabelsStudyPage.lines(study).size());
    }
}
