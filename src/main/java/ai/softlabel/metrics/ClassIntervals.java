package ai.softlabel.metrics;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * 95 % intervals of figures over classes by the infinitesimal jackknife (Efron, "The Jackknife, the Bootstrap and Other
 * Resampling Plans", 1982, chapter 6): what a picture more of a kind changes the figure by, squared and summed over the
 * pictures, is the figure's variance. One pass over the pictures whose summary is known, constant memory, and normal
 * limits, which stay in [0, 1].
 */
public final class ClassIntervals implements Serializable {
    private static final long serialVersionUID = 1;

    private static final List<String> NAMES = List.of("ece_classwise", "balanced_error", "macro_precision", "macro_f1");
    private static final double NORMAL_97_5 = 1.959963984540054;

    private final long count;
    private final double[] values;
    /** What an influence times the number of pictures is at most, by figure. */
    private final double[] largest;

    private final double unit;
    /** By class and bin, whether correct answers are more than the probabilities say, or fewer. */
    private final byte[][] sign;
    /** By class, its weight in the figure over its pictures, over its predictions, over both. */
    private final double[] ofLabel;

    private final double[] ofPrediction;
    private final double[] ofBoth;
    /** By class. */
    private final double[] recall;

    private final double[] precision;
    private final double[] f1;

    /** Prepares the pass over the pictures of a summary, at least one. */
    public ClassIntervals(Summary s) {
        ClassCounts c = s.classes();
        int classes = c.classes();
        count = s.count();
        values = new double[] {
            CalibrationError.classwiseEce(s),
            ClassFigures.balancedError(s),
            ClassFigures.macroPrecision(s),
            ClassFigures.macroF1(s)
        };
        double[][] gaps = c.gaps();
        sign = new byte[classes][Reliability.BINS];
        ofLabel = new double[classes];
        ofPrediction = new double[classes];
        ofBoth = new double[classes];
        recall = new double[classes];
        precision = new double[classes];
        f1 = new double[classes];
        // A picture's probabilities and its label differ by 2 in all.
        largest = new double[] {2.0 / classes + values[0], 0, 0, 0};
        double labels = ClassFigures.present(c, false);
        double present = ClassFigures.present(c, true);
        for (int i = 0; i < classes; i++) {
            for (int b = 0; b < Reliability.BINS; b++) {
                sign[i][b] = (byte) Math.signum(gaps[i][b]);
            }
            ofLabel[i] = weight(c.labelled(i), labels);
            ofPrediction[i] = weight(c.predicted(i), present);
            ofBoth[i] = weight(c.labelled(i) + c.predicted(i), present);
            recall[i] = FixedPoint.share(c.hits(i), c.labelled(i));
            precision[i] = FixedPoint.share(c.hits(i), c.predicted(i));
            f1[i] = FixedPoint.share(2 * c.hits(i), c.labelled(i) + c.predicted(i));
            largest[1] = Math.max(largest[1], ofLabel[i]);
            largest[2] = Math.max(largest[2], ofPrediction[i]);
            largest[3] = Math.max(largest[3], 2 * ofBoth[i]);
        }
        // A square is at most 1 in parts of the largest, so that the sum of all of them fits.
        unit = Math.min(0x1p52, 0x1p61 / count);
    }

    private double weight(long pictures, double classes) {
        return pictures == 0 ? 0 : count / classes / pictures;
    }

    /** For each figure, the square of a picture's influence in fixed point; sums of these are for {@link #limits}. */
    public long[] squares(PictureMetrics p) {
        double change = 0;
        for (int c = 0; c < sign.length; c++) {
            double probability = p.probabilities()[c];
            change += sign[c][Reliability.bin(probability)] * ((c == p.label() ? 1 : 0) - probability);
        }
        int y = p.label();
        int z = p.predicted();
        int hit = p.correct() ? 1 : 0;
        double[] influence = {
            change / sign.length - values[0],
            ofLabel[y] * (hit - recall[y]),
            ofPrediction[z] * (hit - precision[z]),
            // Of a correct answer label and prediction are one class.
            ofBoth[y] * (hit - f1[y]) + ofBoth[z] * (hit - f1[z])
        };
        long[] squares = new long[influence.length];
        for (int i = 0; i < squares.length; i++) {
            double part = influence[i] / largest[i];
            squares[i] = Math.round(part * part * unit);
        }
        return squares;
    }

    /** Lower and upper limit by figure, of the sums of {@link #squares} over all pictures. */
    public Map<String, double[]> limits(long[] sums) {
        Map<String, double[]> out = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            double error = Math.sqrt(sums[i] / unit) * largest[i] / count;
            out.put(NAMES.get(i), new double[] {
                Math.max(0, values[i] - NORMAL_97_5 * error), Math.min(1, values[i] + NORMAL_97_5 * error)
            });
        }
        return out;
    }
}
