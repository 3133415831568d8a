/**
 * {@code predict}: classifies pictures, with recalibrated confidence. It holds the command's settings, job and output.
 * It does not use {@code cli}.
 */
package ai.softlabel.command.predict;
