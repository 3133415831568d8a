/**
 * Spark ML's door: {@link ai.softlabel.ml.ImageClassifier} and its model, {@link ai.softlabel.ml.ProbabilityCalibrator}
 * and its model, {@link ai.softlabel.ml.CalibrationEvaluator}. Its public signatures show types of this package, of the
 * JDK and of Spark. It uses {@code api} for training, {@code command.predict} for abstention and prediction sets, and
 * the rooms below for scoring; nothing uses it.
 */
package ai.softlabel.ml;
