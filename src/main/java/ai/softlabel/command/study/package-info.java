/**
 * {@code study}: trains with several strengths of smoothing, or several losses, and compares them. It holds the
 * command's settings and job. It runs {@code command.train} several times and does not use {@code cli}.
 */
package ai.softlabel.command.study;
