/**
 * {@code bench}: measures steps, scoring and the exchange between executors. It holds the command's settings, jobs and
 * output. It does not use {@code cli}.
 */
package ai.softlabel.command.bench;
