/**
 * Losses over BigDL tensors, each a BigDL criterion that works inside and outside this project. They know of labels and
 * logits, not of pictures, Spark or training.
 */
package ai.softlabel.loss;
