package ai.softlabel.loss;

/** How a batch's losses become one number. */
public enum Reduction {
    /** The sum over the batch divided by the sum of the labels' class weights (without weights: the rows counted). */
    MEAN,
    /** The plain sum over the batch. */
    SUM
}
