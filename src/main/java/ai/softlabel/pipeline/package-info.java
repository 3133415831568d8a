/**
 * What the commands share: the Spark session, the pictures in its storage, prepared training, predictions of an epoch,
 * frozen features, and the sections of {@code report.json}. It knows no command.
 */
package ai.softlabel.pipeline;
