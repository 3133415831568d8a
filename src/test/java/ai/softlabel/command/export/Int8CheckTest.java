package ai.softlabel.command.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.Labelled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class Int8CheckTest {
    /** Predictions of two classes with a confidence of 0.9, wrong at every tenth place, or at further ones. */
    private static List<Labelled> predictions(int count, int... alsoWrong) {
        float logit = (float) Math.log(9);
        List<Labelled> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = i;
            boolean wrong = i % 10 == 0 || IntStream.of(alsoWrong).anyMatch(w -> w == at);
            out.add(new Labelled("p" + i, new float[] {wrong ? 0 : logit, wrong ? logit : 0}, 0));
        }
        return out;
    }

    private static double[] plain(Labelled d) {
        return new Calibrator.None().apply(d.logits());
    }

    private static Int8Check check(List<Labelled> floats, List<Labelled> ints) {
        return Int8Check.of(floats, ints, Int8CheckTest::plain, Int8CheckTest::plain);
    }

    private static String refused(Int8Check check) {
        JobException e = assertThrows(JobException.class, check::require);
        assertEquals(ExitStatus.INPUT, e.status());
        return e.getMessage();
    }

    @Test
    void errorMayRiseByThreeInAThousand() {
        Int8Check three = check(predictions(1000), predictions(1000, 1, 2, 3));
        three.require();
        assertEquals(0.1, three.floatError(), 1e-12);
        assertEquals(0.103, three.error(), 1e-12);
        assertTrue(three.line().startsWith("int8 on 1000 pictures: error 10.30 % (float32 10.00 %), "), three.line());
        assertTrue(!three.line().contains("too few"), three.line());
        assertEquals(
                "expected error to rise by at most 0.3 points in int8, found 10.00 % in float32 and 10.40 % in int8 on 1000 pictures; export float32, or calibrate on more pictures with --pictures",
                refused(check(predictions(1000), predictions(1000, 1, 2, 3, 4))));
    }

    @Test
    void ofFewPicturesOnlyARiseThatChanceDoesNotExplainIsRefused() {
        Int8Check one = check(predictions(100), predictions(100, 1));
        one.require();
        assertTrue(one.line().endsWith("; fewer than 334 are too few to tell whether these rise by 0.3 points"));
        // The chance of four of four is 1 of 16.
        check(predictions(100), predictions(100, 1, 2, 3, 4)).require();
        check(predictions(100, 6), predictions(100, 1, 2, 3, 4, 5)).require();
        assertTrue(refused(check(predictions(100), predictions(100, 1, 2, 3, 4, 5)))
                .contains("10.00 % in float32"));
        // As many got right as got wrong.
        assertEquals(0, check(predictions(1000, 1), predictions(1000, 2)).error() - 0.101, 1e-12);
    }

    @Test
    void confidenceMustStayCalibrated() {
        Function<Labelled, double[]> sure = d -> new Calibrator.Temperature(0.2).apply(d.logits());
        List<Labelled> same = predictions(1000);
        Int8Check.of(same, same, Int8CheckTest::plain, Int8CheckTest::plain).require();
        // Where float32 is not calibrated either, int8 may be as it is.
        Int8Check.of(same, same, sure, sure).require();
        Int8Check worse = Int8Check.of(same, same, Int8CheckTest::plain, sure);
        assertTrue(worse.ece() > 0.09 && worse.floatEce() < 1e-6, worse.toString());
        assertTrue(refused(worse).startsWith("expected a recalibrated ECE of at most 0."), refused(worse));
    }
}
