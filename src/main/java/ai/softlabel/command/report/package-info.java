/**
 * {@code report}: tells where a run's page is, or serves the run's folder on this machine. It holds the command's
 * settings, job and server. It does not use {@code cli} or start Spark.
 */
package ai.softlabel.command.report;
