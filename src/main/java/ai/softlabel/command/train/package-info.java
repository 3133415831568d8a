/**
 * {@code train}: its job, what it writes, early stopping and cross-fitting. Its settings, job and output; it knows
 * nothing of the command line, and of other commands only what it builds on.
 */
package ai.softlabel.command.train;
