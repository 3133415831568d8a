/**
 * {@code find-lr}: sweeps the learning rate. Its settings, job and output; it knows nothing of the command line, and of
 * other commands only what it builds on.
 */
package ai.softlabel.command.findlr;
