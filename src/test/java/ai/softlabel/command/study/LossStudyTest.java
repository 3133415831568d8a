package ai.softlabel.command.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.command.study.StudiedRun.Said;
import ai.softlabel.command.study.StudiedRun.Seen;
import ai.softlabel.command.study.Transfer.Tried;
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
            // Its recalibrated confidence is 0.8, or 0.6 in half of the pictures.
            Said plain = new Said(predicted, scores[i], 0.6);
            Said recalibrated = new Said(predicted, i % 2 == 0 ? 0.8 : 0.6, 0.5);
            pictures.add(new Seen("p" + i, 0, plain, recalibrated, scores[i], 1, correct[i], new float[2]));
        }
        ObjectNode report = new ObjectMapper().createObjectNode();
        report.putObject("recalibrated").put("validation_nll", heldOut).put("ece_if_calibrated", 0.03);
        report.putObject("selective").putArray("promises");
        ScoreOrder order = new ScoreOrder(scores, correct);
        return new StudiedRun(report, pictures, order, order, 0.4, null, tried(wrong));
    }

    /** Other pictures, of which its features misplace as many. */
    private static List<Tried> tried(int wrong) {
        List<Tried> tried = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tried.add(new Tried("q" + i, 1, i < wrong ? 0 : 1));
        }
        return tried;
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
    void calibrationIsComparedInPairsTooBeforeAndAfter() {
        JsonNode table = table();
        // The runs of 10, 12 and 14 errors: 40 to 45 of each half's 50 pictures are correct.
        assertEquals(0.6, table.at("/0/nll").asDouble(), 1e-9);
        assertEquals(0.5, table.at("/0/nll_recalibrated").asDouble(), 1e-9);
        double expected = (0.5 * (0.9 - 0.8)
                        + 0.5 * (0.9 - 0.6)
                        + 0.5 * (0.88 - 0.8)
                        + 0.5 * (0.88 - 0.6)
                        + 0.5 * (0.86 - 0.8)
                        + 0.5 * (0.86 - 0.6))
                / 3;
        assertEquals(expected, table.at("/0/ece_recalibrated").asDouble(), 1e-9);
        JsonNode focal = table.at("/3/differences/ece_recalibrated");
        assertEquals(0.95 - 0.7 - expected, focal.get("value").asDouble(), 1e-9);
        assertTrue(focal.at("/interval/0").asDouble() > 0, focal.toString());
        assertTrue(table.at("/3/differences/ece/interval/0").isNumber());
    }

    /** The wrong answers are the least sure: whatever their number, the order is the best there is. */
    @Test
    void errorsRaiseTheAreaAndNotItsExcess() {
        JsonNode row = table().get(2).get("differences");
        assertTrue(row.at("/aurc_p_norm_from_aurc/interval/0").asDouble() > 0, row.toString());
        JsonNode excess = row.get("aurc_excess_p_norm_from_aurc_excess");
        assertEquals(0, excess.get("value").asDouble(), 1e-12);
        assertEquals(0, excess.at("/interval/0").asDouble(), 1e-12);
        assertEquals(0, excess.at("/interval/1").asDouble(), 1e-12);
    }

    @Test
    void transferIsComparedOnItsOwnPictures() {
        JsonNode table = table();
        assertEquals(12.0 / 50, table.at("/0/transfer").asDouble(), 1e-12);
        JsonNode d = table.at("/3/differences/transfer");
        assertEquals((5 - 12) / 50.0, d.get("value").asDouble(), 1e-12);
        assertTrue(d.at("/interval/1").asDouble() < 0, d.toString());
        assertEquals((5 - 14) / 50.0, d.at("/by_seed/2").asDouble(), 1e-12);
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
