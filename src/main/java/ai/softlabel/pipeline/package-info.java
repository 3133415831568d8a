/**
 * Shared by the commands: the Spark session, loaded pictures, prepared training, an epoch's predictions, frozen
 * features, and the sections of {@code report.json}. It does not use any command.
 */
package ai.softlabel.pipeline;
