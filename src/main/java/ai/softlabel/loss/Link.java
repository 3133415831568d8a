package ai.softlabel.loss;

/** How a loss's logits become probabilities, and with it which targets it takes. */
public enum Link {
    /** One class of all: probabilities that sum to 1, softmax(logits); a target is a distribution over the classes. */
    SOFTMAX,
    /** Each class by itself: 1/(1 + e^-logit); a target has a value in [0, 1] for each class, of any sum. */
    SIGMOID
}
