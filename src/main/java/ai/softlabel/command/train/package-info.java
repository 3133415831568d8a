/**
 * {@code train}: trains a classifier, with early stopping and cross-fitting. It holds the command's settings, job and
 * output. It does not use {@code cli}.
 */
package ai.softlabel.command.train;
