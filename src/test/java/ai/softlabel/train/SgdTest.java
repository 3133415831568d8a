package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.model.Parameter;
import ai.softlabel.model.ResNet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SgdTest {
    private static float[] random(int n, long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) (r.nextDouble() - 0.5);
        }
        return out;
    }

    @Test
    void followsPyTorchsRuleWithRatesAndDecayByParameter() {
        ResNet model = new ResNet(18, 5);
        int n = model.size();
        float[] w = random(n, 1);
        float[] v = new float[n];
        double[] exactW = new double[n];
        double[] exactV = new double[n];
        for (int i = 0; i < n; i++) {
            exactW[i] = w[i];
        }
        Sgd sgd = new Sgd(model, 10, 0.01);
        for (int step = 0; step < 3; step++) {
            float[] g = random(n, 10 + step);
            sgd.update(w, g, v, 0, 0, n, 0.1, 0.9, 0.5);
            for (Parameter p : model.parameters()) {
                for (int i = p.offset(); i < p.offset() + p.size(); i += 97) {
                    double grad = 0.5 * g[i]
                            + (p.name().matches(".*(conv\\d|downsample\\.0|fc)\\.weight") ? 0.01 : 0) * exactW[i];
                    exactV[i] = 0.9 * exactV[i] + grad;
                    exactW[i] -= (p.name().startsWith("fc.") ? 1.0 : 0.1) * (grad + 0.9 * exactV[i]);
                    assertEquals(exactW[i], w[i], 3e-6, p.name());
                }
            }
        }
    }

    @Test
    void rangesOfASharedOutUpdateGiveTheSameBits() {
        ResNet model = new ResNet(18, 5);
        int n = model.size();
        Sgd sgd = new Sgd(model, 10, 0.01);
        float[] g = random(n, 2);
        float[] whole = random(n, 3);
        float[] velocity = random(n, 4);
        float[] parts = whole.clone();
        float[] upper = java.util.Arrays.copyOfRange(velocity, 1_000_003, n);
        sgd.update(parts, g, velocity.clone(), 0, 0, 1_000_003, 0.1, 0.9, 1);
        sgd.update(parts, g, upper, 1_000_003, 1_000_003, n, 0.1, 0.9, 1);
        sgd.update(whole, g, velocity, 0, 0, n, 0.1, 0.9, 1);
        assertArrayEquals(whole, parts);
    }
}
