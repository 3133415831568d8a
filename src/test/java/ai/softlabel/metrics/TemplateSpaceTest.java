package ai.softlabel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

class TemplateSpaceTest {
    private static final int WIDTH = 6;

    private final SplittableRandom random = new SplittableRandom(1);
    private final float[][] rows = new float[5][WIDTH];
    private final float[] biases = new float[5];

    TemplateSpaceTest() {
        for (int c = 0; c < rows.length; c++) {
            biases[c] = (float) random.nextGaussian();
            for (int k = 0; k < WIDTH; k++) {
                rows[c][k] = (float) random.nextGaussian();
            }
        }
    }

    private double[] features() {
        double[] x = new double[WIDTH];
        java.util.Arrays.setAll(x, k -> random.nextGaussian());
        return x;
    }

    private float[] logits(double[] x) {
        float[] z = new float[rows.length];
        for (int c = 0; c < z.length; c++) {
            double sum = biases[c];
            for (int k = 0; k < WIDTH; k++) {
                sum += rows[c][k] * x[k];
            }
            z[c] = (float) sum;
        }
        return z;
    }

    /** Distances in the plane are those of the features' own projections, by a QR decomposition. */
    @Test
    void logitsTellWhereFeaturesLieInThePlaneOfThreeRows() {
        int[] three = {3, 0, 4};
        TemplateSpace plane = new TemplateSpace(
                three, new float[][] {rows[3], rows[0], rows[4]}, new float[] {biases[3], biases[0], biases[4]});
        RealMatrix apart = new Array2DRowRealMatrix(WIDTH, 2);
        for (int k = 0; k < WIDTH; k++) {
            apart.setEntry(k, 0, rows[0][k] - rows[3][k]);
            apart.setEntry(k, 1, rows[4][k] - rows[3][k]);
        }
        RealMatrix q = new QRDecomposition(apart).getQ().getSubMatrix(0, WIDTH - 1, 0, 1);
        for (int i = 0; i < 20; i++) {
            double[] x = features();
            double[] y = plane.of(logits(x));
            double[] expected = q.preMultiply(x);
            // An axis may point the other way.
            assertEquals(Math.abs(expected[0]), Math.abs(y[0]), 1e-5);
            assertEquals(Math.abs(expected[1]), Math.abs(y[1]), 1e-5);
        }
    }

    @Test
    void aRowThatFollowsFromTheOthersAddsNoDirection() {
        float[] middle = new float[WIDTH];
        for (int k = 0; k < WIDTH; k++) {
            middle[k] = (rows[0][k] + rows[1][k]) / 2;
        }
        rows[2] = middle;
        biases[2] = (biases[0] + biases[1]) / 2;
        TemplateSpace line =
                new TemplateSpace(new int[] {0, 1, 2}, new float[][] {rows[0], rows[1], rows[2]}, new float[] {
                    biases[0], biases[1], biases[2]
                });
        double[] y = line.of(logits(features()));
        assertTrue(Math.abs(y[0]) > 0 && Math.abs(y[1]) < 1e-2, y[0] + ", " + y[1]);
    }

    @Test
    void tightnessIsTheSpreadWithinOverTheSpreadBetween() {
        List<double[]> points =
                List.of(new double[] {-1, 0}, new double[] {1, 0}, new double[] {9, 0}, new double[] {11, 0});
        // Within: 1 each; between: 5 squared each.
        assertEquals(1.0 / 25, TemplateSpace.tightness(points, new int[] {0, 0, 1, 1}), 1e-12);
        assertTrue(Double.isNaN(TemplateSpace.tightness(new ArrayList<>(), new int[0])));
    }
}
