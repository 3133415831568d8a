/**
 * {@code calibrate}: fits a run's recalibration again on its own predictions. Its settings, job and output; it knows
 * nothing of the command line, and of other commands only what it builds on.
 */
package ai.softlabel.command.calibrate;
