/**
 * {@code audit}: finds what is wrong with a data set: likely wrong labels, duplicates, leaks between the parts, and
 * pictures that show little. It holds the command's settings, job and checks. It does not use {@code cli}.
 */
package ai.softlabel.command.audit;
