package ai.softlabel.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StudentIntervalTest {
    /** By a table of Student's t: 4.303 for 2 degrees of freedom, 2.776 for 4. */
    @Test
    void itsWidthIsThatOfTheTable() {
        assertArrayEquals(
                new double[] {2 - 4.302653 / Math.sqrt(3), 2 + 4.302653 / Math.sqrt(3)},
                StudentInterval.of(new double[] {1, 2, 3}),
                1e-5);
        double deviation = Math.sqrt(2.5);
        assertArrayEquals(
                new double[] {3 - 2.776445 * deviation / Math.sqrt(5), 3 + 2.776445 * deviation / Math.sqrt(5)},
                StudentInterval.of(new double[] {5, 1, 4, 2, 3}),
                1e-5);
    }

    /** Of many values the limits are the normal distribution's. */
    @Test
    void itIsMadeOfMeanAndDeviationAlone() {
        double[] values = {5, 1, 4, 2, 3};
        assertArrayEquals(
                StudentInterval.of(values), StudentInterval.of(3, StudentInterval.deviation(values), values.length), 0);
        assertArrayEquals(
                new double[] {1.5 - 1.959964 * 2e-3, 1.5 + 1.959964 * 2e-3},
                StudentInterval.of(1.5, 2, 1_000_000),
                1e-8);
        assertTrue(Double.isNaN(StudentInterval.of(1.5, Double.NaN, 1)[1]));
    }

    @Test
    void oneValueTellsNothingOfOthers() {
        assertTrue(Double.isNaN(StudentInterval.of(new double[] {7})[0]));
        assertTrue(Double.isNaN(StudentInterval.deviation(new double[] {7})));
        assertEquals(0, StudentInterval.deviation(new double[] {7, 7}));
        assertArrayEquals(new double[] {7, 7}, StudentInterval.of(new double[] {7, 7}));
    }
}
