/**
 * Losses: {@link ai.softlabel.loss.Loss} says what one is, {@link ai.softlabel.loss.Losses} which there are,
 * {@link ai.softlabel.loss.LossCriterion} makes a BigDL criterion of any, which works inside and outside this project.
 * They know of labels and logits, not of pictures, Spark or training.
 */
package ai.softlabel.loss;
