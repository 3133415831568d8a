/**
 * {@code predict}: classifies pictures, with recalibrated confidence. Its settings, job and output; it knows nothing of
 * the command line, and of other commands only what it builds on.
 */
package ai.softlabel.command.predict;
