package ai.softlabel.loss;

import java.util.List;

/**
 * What a loss has learnt, and what it gathers for the next epoch.
 *
 * @param learnt {@link Loss#initial} or the last {@link Loss#fold}; rows only read it
 * @param gathered the sums of one replica's epoch, which rows add to; they start at 0
 */
public record LossState(float[] learnt, double[] gathered) {
    /** That of a loss that learns nothing. */
    public static final LossState NONE = new LossState(new float[0], new double[0]);

    /** The state before a loss's first row. */
    public static LossState of(Loss loss, int classes) {
        return of(loss, classes, loss.initial(classes));
    }

    /** The state at the start of an epoch, nothing gathered. */
    public static LossState of(Loss loss, int classes, float[] learnt) {
        int expected = loss.initial(classes).length;
        if (learnt.length != expected) {
            throw new IllegalArgumentException("expected " + expected + " learnt values of the loss " + loss.name()
                    + " for " + classes + " classes, found " + learnt.length);
        }
        int sums = loss.gathered(classes);
        return sums == 0 && learnt.length == 0 ? NONE : new LossState(learnt, new double[sums]);
    }

    /** The sums over replicas, added in their order: how they are spread over executors changes no bit. */
    public static double[] sum(List<double[]> ofReplicas) {
        double[] out = new double[ofReplicas.isEmpty() ? 0 : ofReplicas.get(0).length];
        for (double[] own : ofReplicas) {
            for (int i = 0; i < out.length; i++) {
                out[i] += own[i];
            }
        }
        return out;
    }
}
