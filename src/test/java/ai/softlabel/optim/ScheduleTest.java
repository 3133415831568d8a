package ai.softlabel.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    /** What PyTorch 2.15.0's OneCycleLR(pct_start=.25, base_momentum=.85, max_momentum=.95) printed. */
    @ParameterizedTest
    @CsvSource({
        "460,0.002,0,7.999999999999999e-05,0.95",
        "460,0.002,1,8.036450525604672e-05,0.9499810153512476",
        "460,0.002,57,0.00104,0.9",
        "460,0.002,114,0.002,0.85",
        "460,0.002,115,0.0019999585402364047,0.8500020729964717",
        "460,0.002,300,0.0008773819997096648,0.9061311245390149",
        "460,0.002,459,8e-09,0.95",
        "17,0.1,0,0.004,0.95",
        "17,0.1,1,0.024732892156904523,0.9284032373365577",
        "17,0.1,3,0.0986052072364505,0.8514529091286974",
        "17,0.1,4,0.09914865838957516,0.8508513450158048",
        "17,0.1,16,4e-07,0.95"
    })
    void oneCycleIsPyTorchs(int steps, double peak, int step, double rate, double momentum) {
        Schedule s = new Schedule.OneCycle(steps, peak);
        assertEquals(rate, s.rate(step), 1e-12 * peak);
        assertEquals(momentum, s.momentum(step), 1e-12);
    }

    @Test
    void oneCycleOfFewStepsStaysFinite() {
        for (int steps = 1; steps <= 5; steps++) {
            Schedule s = new Schedule.OneCycle(steps, 0.1);
            for (int i = 0; i < steps; i++) {
                assertEquals(
                        true,
                        s.rate(i) >= 0 && s.rate(i) <= 0.1 && s.momentum(i) >= 0.85 && s.momentum(i) <= 0.95,
                        steps + " steps, step " + i + ": " + s.rate(i));
            }
        }
    }

    @Test
    void cosineFallsFromThePeakToNothing() {
        Schedule s = new Schedule.Cosine(100, 0, 0.4, 0.9);
        assertEquals(0.4, s.rate(0));
        assertEquals(0.2, s.rate(50), 1e-15);
        assertEquals(0, s.rate(100), 1e-15);
        assertEquals(0.9, s.momentum(7));
    }
}
