package ai.softlabel.loss;

import java.util.Map;
import java.util.OptionalDouble;

/** A loss whose rows are weighted by their target's class weights, see {@link Loss#weighted}. */
record ClassWeighted(Loss loss, double[] classWeights) implements Loss {
    @Override
    public String name() {
        return loss.name();
    }

    @Override
    public Map<String, Double> parameters() {
        return loss.parameters();
    }

    @Override
    public Link link() {
        return loss.link();
    }

    @Override
    public double row(
            double[] logits, double[] target, int classes, double weight, LossState state, double[] gradient) {
        double own = 0;
        for (int j = 0; j < classes; j++) {
            own += target[j] * classWeights[j];
        }
        return loss.row(logits, target, classes, weight * own, state, gradient);
    }

    @Override
    public OptionalDouble minimum(int classes) {
        // A row's minimum depends on its label's weight.
        return OptionalDouble.empty();
    }

    @Override
    public float[] initial(int classes) {
        return loss.initial(classes);
    }

    @Override
    public int gathered(int classes) {
        return loss.gathered(classes);
    }

    @Override
    public float[] fold(float[] learnt, double[] sums, int classes) {
        return loss.fold(learnt, sums, classes);
    }
}
