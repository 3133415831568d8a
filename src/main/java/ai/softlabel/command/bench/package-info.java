/**
 * {@code bench}: measures steps, scoring and the exchange between executors. Its settings, job and output; it knows
 * nothing of the command line, and of other commands only what it builds on.
 */
package ai.softlabel.command.bench;
