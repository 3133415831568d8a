package ai.softlabel.calibrate;

import ai.softlabel.Seeds;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Sets of classes that hold the label with a wanted probability, for pictures drawn as the held-out ones were. With
 * maps that do not depend on the held-out pictures the probability is at least the wanted 1 - α; with maps fitted
 * without each fold it is close to that, and at least 1 - 2α less a term of the folds' size (Barber et al., "Predictive
 * Inference with the Jackknife+", 2021).
 *
 * @param score by which classes enter a set
 * @param maps one for each fold, fitted without it; or one for all
 * @param held the held-out pictures' scores
 * @param clusters each class's group of similar classes, from 0, or -1 for none; empty where there are no groups
 */
public record PredictionSets(SetScore score, List<Calibrator> maps, ConformalScores held, int[] clusters)
        implements Serializable {
    public PredictionSets {
        maps = List.copyOf(maps);
    }

    /** Without groups of classes. */
    public PredictionSets(SetScore score, List<Calibrator> maps, ConformalScores held) {
        this(score, maps, held, new int[0]);
    }

    /** The random share of a picture, in [0, 1), hashed from its name: the same set whenever it is predicted. */
    public static double share(String name) {
        return (Seeds.key(0, "prediction set", name) >>> 11) * 0x1p-53;
    }

    /** Makes sets at one coverage. */
    public Maker maker(double coverage) {
        return new Maker(this, coverage, (held, classes) -> Collections.nCopies(classes, held.sorted()));
    }

    /**
     * Makes sets that hold the label with the wanted probability in each class: each class is compared with the scores
     * of its own pictures (Vovk, 2012). A class of few pictures is in nearly every set.
     */
    public Maker byClass(double coverage) {
        return new Maker(this, coverage, ConformalScores::byClass);
    }

    /**
     * Makes sets that hold the label with about the wanted probability in each group of similar classes: each class is
     * compared with the scores of its group's pictures, and one in no group with all (Ding et al., "Class-Conditional
     * Conformal Prediction with Many Classes", 2023).
     *
     * @throws IllegalStateException where there are no groups
     */
    public Maker byCluster(double coverage) {
        if (clusters.length == 0) {
            throw new IllegalStateException("expected groups of classes, found none");
        }
        int[] known = clusters;
        return new Maker(this, coverage, (held, classes) -> {
            // Classes beyond the last one that was held out are in no group.
            int[] all = Arrays.copyOf(known, classes);
            Arrays.fill(all, Math.min(known.length, classes), classes, Clusters.NONE);
            return held.byCluster(all);
        });
    }

    /** Which scores each class is compared with. */
    private interface Comparison extends Serializable {
        List<ConformalScores.Sorted> of(ConformalScores held, int classes);
    }

    /** Makes the sets of pictures, at one coverage. */
    public static final class Maker implements Serializable {
        private static final long serialVersionUID = 1;

        private final PredictionSets sets;
        private final double coverage;
        private final Comparison comparison;
        /** For each class; made where it is used, and not sent. */
        private transient List<ConformalScores.Sorted> sorted;

        private Maker(PredictionSets sets, double coverage, Comparison comparison) {
            this.sets = sets;
            this.coverage = coverage;
            this.comparison = comparison;
        }

        /** The classes of a picture's set, in their order. */
        public int[] of(String name, float[] logits) {
            double[][] probabilities = new double[sets.maps().size()][];
            for (int f = 0; f < probabilities.length; f++) {
                boolean same = f > 0 && sets.maps().get(f).equals(sets.maps().get(f - 1));
                probabilities[f] =
                        same ? probabilities[f - 1] : sets.maps().get(f).apply(logits);
            }
            return of(probabilities, share(name));
        }

        /**
         * The classes, from the probabilities under each map.
         *
         * @param share see {@link SetScore#of}
         */
        public int[] of(double[][] probabilities, double share) {
            int classes = probabilities[0].length;
            double[][] scores = new double[probabilities.length][];
            for (int f = 0; f < scores.length; f++) {
                scores[f] = f > 0 && probabilities[f] == probabilities[f - 1]
                        ? scores[f - 1]
                        : sets.score().of(probabilities[f], share);
            }
            if (sorted == null) {
                sorted = comparison.of(sets.held(), classes);
            }
            int[] found = new int[classes];
            int count = 0;
            double[] own = new double[scores.length];
            for (int c = 0; c < classes; c++) {
                for (int f = 0; f < own.length; f++) {
                    own[f] = scores[f][c];
                }
                if (sorted.get(c).includes(own, coverage)) {
                    found[count++] = c;
                }
            }
            return Arrays.copyOf(found, count);
        }
    }
}
