package ai.softlabel.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PredictedPictureTest {
    @Test
    void theLargestAreThoseOfASortThatKeepsEqualOnesInOrder() {
        Random random = new Random(1);
        for (int run = 0; run < 500; run++) {
            // Few different values, so that many are equal.
            double[] values = random.ints(1 + random.nextInt(30), 0, 8)
                    .mapToDouble(i -> i / 8.0)
                    .toArray();
            int most = 1 + random.nextInt(10);
            int[] sorted = IntStream.range(0, values.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -values[i]))
                    .limit(most)
                    .mapToInt(i -> i)
                    .toArray();
            assertArrayEquals(sorted, PredictedPicture.largest(values, most));
        }
    }
}
