package ai.softlabel.loss;

/** How a loss turns logits into probabilities, and which targets it takes. */
public enum Link {
    /** Single label: probabilities softmax(logits), which sum to 1; a target is a distribution over the classes. */
    SOFTMAX,
    /**
     * Multi-label: each class has the probability 1/(1 + e^-logit); a target has a value in [0, 1] for each class, with
     * any sum.
     */
    SIGMOID
}
