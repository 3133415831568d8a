package ai.softlabel.score;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.Seeds;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    @Test
    void drawsArePoissonOfMeanOne() {
        int n = 200_000;
        int[] seen = new int[30];
        double sum = 0;
        for (int i = 0; i < n; i++) {
            int k = Bootstrap.poisson(Seeds.key(1, "test", i));
            seen[k]++;
            sum += k;
        }
        assertEquals(1, sum / n, 0.01);
        assertEquals(Math.exp(-1), (double) seen[0] / n, 0.005);
        assertEquals(Math.exp(-1), (double) seen[1] / n, 0.005);
        assertEquals(Math.exp(-1) / 6, (double) seen[3] / n, 0.003);
        assertEquals(0, Bootstrap.poisson(0));
        assertEquals(18, Bootstrap.poisson(-1));
    }
}
