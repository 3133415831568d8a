/**
 * {@code evaluate}: scores a run's model on labelled pictures. Its settings, job and output; it knows nothing of the
 * command line, and of other commands only what it builds on.
 */
package ai.softlabel.command.evaluate;
