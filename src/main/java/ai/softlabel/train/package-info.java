/**
 * Synchronous data-parallel training: replicas, the steps of an epoch, the exchange between executors, snapshots. It
 * uses {@code data}, {@code network}, {@code loss}, {@code optim} and {@code spark}, and nothing of the command line,
 * pipeline or reports.
 */
package ai.softlabel.train;
