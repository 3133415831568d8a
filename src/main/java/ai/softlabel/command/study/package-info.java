/**
 * {@code study}: trains with several strengths of smoothing and compares them. Its settings, job and output; it knows
 * nothing of the command line, and of other commands only what it builds on.
 */
package ai.softlabel.command.study;
