/**
 * Training as it is watched: the events that tell of it, and the Training tab that shows them in the Spark UI and,
 * afterwards, in the history server. Training itself knows nothing of being watched.
 */
package ai.softlabel.live;
