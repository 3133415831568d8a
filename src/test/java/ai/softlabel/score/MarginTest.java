package ai.softlabel.score;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.loss.Smoothing;
import org.junit.jupiter.api.Test;

class MarginTest {
    @Test
    void isTheRightLogitOverTheMeanOfTheOthers() {
        assertEquals(3 - (1 - 2 + 4) / 3.0, Margin.of(new float[] {1, 3, -2, 4}, 1), 1e-12);
        assertEquals(0, Margin.of(new float[] {7}, 0));
    }

    /** Logits at the optimum give exactly the smoothed target. */
    @Test
    void theOptimumIsWhereSoftmaxIsTheSmoothedTarget() {
        int classes = 37;
        double epsilon = 0.1;
        double margin = Smoothing.margin(epsilon, classes);
        double correct = Math.exp(margin) / (Math.exp(margin) + classes - 1);
        assertEquals(1 - epsilon + epsilon / classes, correct, 1e-12);
        assertEquals(5.811, margin, 5e-4);
        assertEquals(Double.POSITIVE_INFINITY, Smoothing.margin(0, classes));
    }
}
