/**
 * Recalibration: maps from logits to probabilities that are fitted on predictions a model was not trained on, and
 * chosen by cross-validation. Of Spark it uses passes over an RDD, and MLlib's logistic and isotonic regression; it
 * knows nothing of pictures and files.
 */
package ai.softlabel.calibrate;
