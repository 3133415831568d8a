/**
 * Live progress of a training: the events that report it, and the Training tab that shows them in the Spark UI and,
 * after the application ends, in the history server. The package {@code train} does not use it.
 */
package ai.softlabel.live;
