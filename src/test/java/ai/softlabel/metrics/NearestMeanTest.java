package ai.softlabel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestMeanTest {
    @Test
    void lengthsOfFeaturesDoNotCount() {
        // Class 0 points right, class 1 is absent, class 2 points up: means (0.98, 0.1), (0, 1) for unit lengths.
        NearestMean mean = new NearestMean(
                List.of(new float[] {10, 0}, new float[] {0.98f, 0.2f}, new float[] {0, 0.01f}), new int[] {0, 0, 2});
        assertEquals(0, mean.of(new float[] {0.03f, 0.02f}));
        assertEquals(2, mean.of(new float[] {200, 400}));
    }

    @Test
    void ofEquallyNearMeansTheFirstIsTaken() {
        NearestMean mean = new NearestMean(List.of(new float[] {0, 1}, new float[] {1, 0}), new int[] {0, 1});
        assertEquals(0, mean.of(new float[] {1, 1}));
        assertEquals(0, mean.of(new float[] {0, 0}));
    }
}
