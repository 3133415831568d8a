/**
 * {@code pack}: copies a data set's pictures into few large files, a task for each. It holds the command's settings and
 * job. It does not use {@code cli}.
 */
package ai.softlabel.command.pack;
