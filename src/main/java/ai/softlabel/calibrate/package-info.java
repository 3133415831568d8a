/**
 * Recalibration: maps from logits to probabilities that are fitted on predictions a model was not trained on, and
 * chosen by cross-validation. It works on plain arrays, and knows nothing of Spark, pictures and files.
 */
package ai.softlabel.calibrate;
