package ai.softlabel.train;

import ai.softlabel.loss.BatchOptions;
import ai.softlabel.loss.Reduction;
import java.io.Serializable;
import java.util.List;

/**
 * What training does about classes of different sizes. Only the loss and the order of the training pictures change:
 * figures and recalibration are of pictures as they are.
 *
 * @param classWeights a finite weight of at least 0 for each class, or none. Each replica's batch is a weighted mean,
 *     as by PyTorch's {@code CrossEntropyLoss(weight)} in each process of {@code DistributedDataParallel}
 * @param sampled whether the classes take turns in each replica's batches, instead of each picture once an epoch
 */
public record Balance(List<Double> classWeights, boolean sampled) implements Serializable {
    /** Every picture once an epoch, all classes of weight 1. */
    public static final Balance NONE = new Balance(List.of(), false);

    // A list and not an array: recipes are compared.
    public Balance {
        classWeights = List.copyOf(classWeights);
    }

    /** Weights that give every class the same share of the loss: pictures / (classes with pictures · its pictures). */
    public static double[] balanced(long[] counts) {
        long pictures = 0;
        int present = 0;
        for (long n : counts) {
            pictures += n;
            present += n > 0 ? 1 : 0;
        }
        double[] weights = new double[counts.length];
        for (int c = 0; c < counts.length; c++) {
            // No picture of it is in the loss.
            weights[c] = counts[c] == 0 ? 1 : (double) pictures / present / counts[c];
        }
        return weights;
    }

    /** How a batch's loss is taken. */
    BatchOptions options() {
        return classWeights.isEmpty()
                ? BatchOptions.MEAN
                : new BatchOptions(
                        Reduction.MEAN,
                        classWeights.stream().mapToDouble(Double::doubleValue).toArray(),
                        null);
    }
}
