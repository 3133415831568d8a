/**
 * Synchronous data-parallel training: schedules, the optimiser, replicas, the steps of an epoch, the exchange between
 * executors, snapshots. It uses {@code data}, {@code model}, {@code criterion} and {@code spark}, and knows nothing of
 * the command line and of reports.
 */
package ai.softlabel.train;
