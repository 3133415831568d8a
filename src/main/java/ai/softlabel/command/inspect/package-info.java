/**
 * {@code inspect}: checks and counts a data set. It holds the command's settings and job. It does not use {@code cli}.
 */
package ai.softlabel.command.inspect;
