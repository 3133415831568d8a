/**
 * {@code calibrate}: fits a run's recalibration again on its own predictions. It holds the command's settings and job.
 * It does not use {@code cli}.
 */
package ai.softlabel.command.calibrate;
