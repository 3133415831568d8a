package ai.softlabel.api;

import java.io.Serializable;

/**
 * A loss of your own, one picture at a time. It is sent to the executors, whose class path must have its class, and is
 * called by several threads at once.
 *
 * <pre>{@code
 * // Cross-entropy: -log softmax(logits) of the correct class.
 * RowLoss crossEntropy = (logits, target, gradient) -> {
 *     double largest = Arrays.stream(logits).max().orElseThrow();
 *     double sum = Arrays.stream(logits).map(z -> Math.exp(z - largest)).sum();
 *     double loss = 0;
 *     for (int c = 0; c < logits.length; c++) {
 *         double log = logits[c] - largest - Math.log(sum);
 *         loss -= target[c] * log;
 *         gradient[c] = Math.exp(log) - target[c];
 *     }
 *     return loss;
 * };
 * }</pre>
 */
@FunctionalInterface
public interface RowLoss extends Serializable {
    /**
     * The loss of one picture of weight 1, and its gradient. NaN or infinity ends the training.
     *
     * @param logits the picture's finite logits, one for each class
     * @param target the target distribution over the classes: 1 for the correct class and 0 for the others; with mixup
     *     two classes share the 1
     * @param gradient gets the derivative of the loss by each logit
     * @return the loss in nats
     */
    double loss(double[] logits, double[] target, double[] gradient);
}
