/**
 * {@code export}: writes a run's model for other programs. It holds the command's settings and job. It does not use
 * {@code cli}.
 */
package ai.softlabel.command.export;
