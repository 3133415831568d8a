/**
 * {@code export}: writes a run's model for other programs. Its settings, job and output; it knows nothing of the
 * command line, and of other commands only what it builds on.
 */
package ai.softlabel.command.export;
