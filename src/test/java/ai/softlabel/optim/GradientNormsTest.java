package ai.softlabel.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.network.Model;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GradientNormsTest {
    @Test
    void piecesOfSeveralHandsAreThePiecesOfOne() {
        Model model = Model.of("resnet18", 5);
        Segments segments = Segments.of(model, 1, 1, 10, 1e-4, 1e-4);
        int n = model.size();
        float[] w = new float[n];
        float[] g = new float[n];
        SplittableRandom r = new SplittableRandom(1);
        for (int i = 0; i < n; i++) {
            w[i] = (float) r.nextDouble();
            g[i] = (float) (r.nextDouble() - 0.5);
        }
        GradientNorms norms = new GradientNorms(segments, 0, n);
        double[] one = norms.pieces(w, g, 0.5, 0, n);
        int cut = 1000 * GradientNorms.GRID;
        double[] first = norms.pieces(w, g, 0.5, 0, cut);
        double[] second = norms.pieces(w, g, 0.5, cut, n);
        double[] both = java.util.stream.DoubleStream.concat(
                        java.util.Arrays.stream(first), java.util.Arrays.stream(second))
                .toArray();
        assertArrayEquals(one, both);
        double squares = 0;
        for (float v : g) {
            squares += 0.25 * v * v;
        }
        Optimizer.Step step = norms.step(new Sgd(true), one, 0.1, new Optimizer.Step(1, 1, 0.9, 0.5, null));
        assertEquals(0.5 * 0.1 / Math.sqrt(squares), step.scale(), 1e-6);
        assertEquals(
                0.5,
                norms.step(new Sgd(true), one, 0, new Optimizer.Step(1, 1, 0.9, 0.5, null))
                        .scale());
    }

    @Test
    void threeGroupsLearnAtTheirOwnRates() {
        Model model = Model.of("resnet18", 5);
        Segments segments = Segments.of(model, 0.1, 1, 10, 1e-4, 1e-4);
        for (int i = 0; i < model.parameters().size(); i++) {
            String name = model.parameters().get(i).name();
            double factor =
                    name.startsWith("fc.") ? 10 : name.startsWith("layer3.") || name.startsWith("layer4.") ? 1 : 0.1;
            assertEquals(factor, segments.all().get(i).factor(), name);
            assertEquals(
                    name.matches(".*(conv\\d|downsample\\.0|fc)\\.weight") ? 1e-4 : 0,
                    segments.all().get(i).decay(),
                    name);
        }
    }
}
