/**
 * {@code calibrate}: fits a run's recalibration, thresholds and prediction sets again, on its own held-out predictions
 * or on other labelled pictures, which {@code command.evaluate} scores. It holds the command's settings and job. It
 * does not use {@code cli}.
 */
package ai.softlabel.command.calibrate;
