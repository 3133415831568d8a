package ai.softlabel.metrics;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What the figures over classes are computed from: for each class its pictures, and the bins over its probability in
 * all pictures, whatever the label. Memory: 8 bytes a class, and some 100 for each of a class's bins that is not the
 * lowest and has pictures; a picture has at most 14 such.
 */
final class ClassCounts implements Serializable {
    private static final long serialVersionUID = 1;

    private static final int LABELLED = 0;
    private static final int PREDICTED = 1;
    private static final int HIT = 2;
    private static final int CORRECT = 0;
    private static final int SUM = 1;
    private static final double LOWEST = 1.0 / Reliability.BINS;

    // By class: pictures that have it as their label, as their prediction, as both.
    private final SparseTable pictures = new SparseTable(3);
    // By class and bin, of the bins above the lowest: pictures whose label is the class, and the sum of its
    // probability.
    private final SparseTable bins = new SparseTable(2);
    // By class, the sum of its probability in the lowest bin, where nearly every picture of many classes lies.
    private final long[] lowest;

    ClassCounts(int classes) {
        lowest = new long[classes];
    }

    int classes() {
        return lowest.length;
    }

    void add(PictureMetrics p, int times) {
        double[] probabilities = p.probabilities();
        if (probabilities.length != classes()) {
            throw new IllegalArgumentException(
                    "expected " + classes() + " probabilities, found " + probabilities.length);
        }
        pictures.add(p.label(), LABELLED, times);
        pictures.add(p.predicted(), PREDICTED, times);
        if (p.correct()) {
            pictures.add(p.label(), HIT, times);
        }
        for (int c = 0; c < probabilities.length; c++) {
            // The lowest bin's own test, for with many classes nearly all are in it.
            int bin = probabilities[c] <= LOWEST ? 0 : Reliability.bin(probabilities[c]);
            long sum = Math.multiplyExact(FixedPoint.of(probabilities[c]), times);
            if (bin == 0) {
                lowest[c] = Math.addExact(lowest[c], sum);
            } else {
                int key = key(c, bin);
                bins.add(key, SUM, sum);
                if (c == p.label()) {
                    bins.add(key, CORRECT, times);
                }
            }
        }
    }

    void addAll(ClassCounts other) {
        if (other.classes() != classes()) {
            throw new IllegalArgumentException("expected " + classes() + " classes, found " + other.classes());
        }
        pictures.addAll(other.pictures);
        bins.addAll(other.bins);
        for (int c = 0; c < lowest.length; c++) {
            lowest[c] = Math.addExact(lowest[c], other.lowest[c]);
        }
    }

    /** For each class the pictures that have it as their label. */
    long labelled(int c) {
        return pictures.get(c, LABELLED);
    }

    /** For each class the pictures that it is the prediction of. */
    long predicted(int c) {
        return pictures.get(c, PREDICTED);
    }

    /** For each class the pictures that it is both label and prediction of. */
    long hits(int c) {
        return pictures.get(c, HIT);
    }

    /** For each class and bin, correct answers less the sum of the probabilities. */
    double[][] gaps() {
        double[][] gaps = new double[classes()][Reliability.BINS];
        long[] inLowest = new long[classes()];
        Arrays.setAll(inLowest, this::labelled);
        for (int key : bins.keys()) {
            int c = key / Reliability.BINS;
            long correct = bins.get(key, CORRECT);
            gaps[c][key % Reliability.BINS] = correct - bins.get(key, SUM) / FixedPoint.ONE;
            inLowest[c] -= correct;
        }
        for (int c = 0; c < gaps.length; c++) {
            gaps[c][0] = inLowest[c] - lowest[c] / FixedPoint.ONE;
        }
        return gaps;
    }

    private static int key(int c, int bin) {
        return c * Reliability.BINS + bin;
    }
}
