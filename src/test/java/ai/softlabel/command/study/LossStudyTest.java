package ai.softlabel.command.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.command.study.StudiedRun.Seen;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.metrics.ScoreOrder;
import ai.softlabel.metrics.StudentInterval;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table of a study of losses, of runs whose answers are known. */
class LossStudyTest {
    private static final int PICTURES = 100;

    /** A run that errs on the first pictures, and is the surer the later a picture comes. */
    private static StudiedRun run(int wrong, double heldOut) {
        List<Seen> pictures = new ArrayList<>();
        double[] scores = new double[PICTURES];
        boolean[] correct = new boolean[PICTURES];
        for (int i = 0; i < PICTURES; i++) {
            int predicted = i < wrong ? 1 : 0;
            scores[i] = i / 100.0;
            correct[i] = predicted == 0;
            pictures.add(new Seen("p" + i, 0, predicted, 0.5, scores[i], scores[i], 1, correct[i], new float[2]));
        }
        ObjectNode report = new ObjectMapper().createObjectNode();
        report.putObject("test").put("nll", 0.6).put("ece", 0.1);
        report.putObject("recalibrated")
                .put("validation_nll", heldOut)
                .put("ece", 0.02)
                .put("ece_if_calibrated", 0.03);
        report.putObject("selective").putArray("promises");
        ScoreOrder order = new ScoreOrder(scores, correct);
        return new StudiedRun(report, pictures, order, order, 0.4, null);
    }

    private static JsonNode table() {
        Map<Loss, List<StudiedRun>> runs = new LinkedHashMap<>();
        runs.put(Losses.of("label-smoothing:epsilon=0"), List.of(run(10, 0.4), run(12, 0.4), run(14, 0.4)));
        runs.put(Losses.of("label-smoothing:epsilon=0.1"), List.of(run(15, 0.6), run(15, 0.6), run(15, 0.6)));
        runs.put(Losses.of("label-smoothing:epsilon=0.2"), List.of(run(20, 0.5), run(23, 0.5), run(26, 0.5)));
        runs.put(Losses.of("focal:gamma=2"), List.of(run(5, 0.9), run(5, 0.9), run(5, 0.9)));
        return new LossStudy(runs).table();
    }

    @Test
    void heldOutPicturesChooseTheStrengthOfEachLossAndTheFirstRowStays() {
        JsonNode table = table();
        List<Boolean> chosen = new ArrayList<>();
        table.forEach(row -> chosen.add(row.get("chosen").asBoolean()));
        // By error on the test pictures 0.1 would be better than 0.2.
        assertEquals(List.of(true, false, true, true), chosen);
        assertEquals(0.5, table.at("/2/held_out_nll").asDouble());
    }

    @Test
    void differencesArePairedBySeed() {
        JsonNode row = table().get(2);
        assertEquals(0.23, row.get("error").asDouble(), 1e-12);
        assertEquals(0.03, row.at("/deviations/error").asDouble(), 1e-12);
        assertEquals(0, row.at("/deviations/nll").asDouble(), 1e-12);
        JsonNode d = row.at("/differences/error");
        assertEquals(0.11, d.get("value").asDouble(), 1e-12);
        double[] seeds = {0.10, 0.11, 0.12};
        double[] expected = StudentInterval.of(seeds);
        for (int i = 0; i < seeds.length; i++) {
            assertEquals(seeds[i], d.get("by_seed").get(i).asDouble(), 1e-12);
        }
        assertEquals(expected[0], d.at("/seeds_interval/0").asDouble(), 1e-12);
        assertEquals(expected[1], d.at("/seeds_interval/1").asDouble(), 1e-12);
        // Unpaired, the runs' errors would spread far more than their differences do.
        assertTrue(expected[1] - expected[0] < 0.06, d.toString());
        assertTrue(d.at("/interval/0").asDouble() > 0 && d.at("/interval/1").asDouble() < 0.25, d.toString());
    }

    @Test
    void oneSeedHasNoIntervalOfSeeds() {
        Map<Loss, List<StudiedRun>> runs = new LinkedHashMap<>();
        runs.put(Losses.of("label-smoothing:epsilon=0"), List.of(run(10, 0.4)));
        runs.put(Losses.of("focal:gamma=2"), List.of(run(12, 0.4)));
        JsonNode d = new LossStudy(runs).table().at("/1/differences/error");
        assertTrue(d.at("/seeds_interval/0").isNull(), d.toString());
        assertEquals(1, d.get("by_seed").size());
        assertFalse(d.at("/interval/0").isNull());
    }
}
