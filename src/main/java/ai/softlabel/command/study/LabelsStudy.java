package ai.softlabel.command.study;

import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.report.LabelsStudyPage;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Compares runs on pictures of several labels: figures of each loss, means over the seeds, and their differences from
 * those of the first loss. A difference has the interval of its values over the seeds by Student's t and none of other
 * test pictures, for which reports of several labels have none.
 */
final class LabelsStudy {
    private LabelsStudy() {}

    /**
     * {@code table}: a row for each loss, of which {@code chosen} are the first and, of the others of a name, the one
     * whose recalibrated NLL on held-out pictures is least; without held-out pictures none is chosen.
     *
     * @param runs reports of each loss's runs, the same seeds in the same order
     */
    static ArrayNode table(Map<Loss, List<JsonNode>> runs) {
        ArrayNode table = Json.object().arrayNode();
        List<JsonNode> first = runs.values().iterator().next();
        runs.forEach((loss, own) -> {
            ObjectNode n = table.addObject().put("loss", Losses.text(loss)).put("runs", own.size());
            LabelsStudyPage.FIGURES.keySet().forEach(f -> LossStudy.figure(n, f, values(own, f)));
            ObjectNode differences = n.putObject("differences");
            for (String figure : LabelsStudyPage.DIFFERENCES) {
                double[] seeds = values(own, figure);
                double[] firsts = values(first, figure);
                Arrays.setAll(seeds, i -> seeds[i] - firsts[i]);
                ObjectNode to = differences.putObject(figure);
                Json.put(to, "value", Arrays.stream(seeds).average().orElse(Double.NaN));
                LossStudy.bySeed(to, seeds);
            }
        });
        if (table.get(0).get("held_out_nll").isNumber()) {
            LossStudy.choose(table, runs.keySet());
        }
        return table;
    }

    private static double[] values(List<JsonNode> reports, String figure) {
        return reports.stream()
                .mapToDouble(r -> LabelsStudyPage.value(r, figure).asDouble(Double.NaN))
                .toArray();
    }
}
