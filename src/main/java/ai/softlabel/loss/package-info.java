/**
 * Losses: {@link ai.softlabel.loss.Loss} is the interface, {@link ai.softlabel.loss.Losses} the list of known losses,
 * and {@link ai.softlabel.loss.LossCriterion} makes a BigDL criterion of any, which works inside and outside this
 * project. The package uses labels and logits, and nothing of pictures, Spark or training.
 */
package ai.softlabel.loss;
