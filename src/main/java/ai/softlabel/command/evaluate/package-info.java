/**
 * {@code evaluate}: scores a run's model on labelled pictures. It holds the command's settings and job. It does not use
 * {@code cli}.
 */
package ai.softlabel.command.evaluate;
