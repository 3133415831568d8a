package ai.softlabel.spark;

import java.io.Serializable;

/**
 * What an executor has done since it started.
 *
 * @param id the executor's
 * @param host where it runs
 * @param steps steps of its tasks, each task's counted
 * @param stepSeconds seconds in them
 * @param waitSeconds of these, seconds of waiting for other tasks of the executor
 * @param exchangeSeconds of these, seconds of summing, sending, updating, and waiting for other executors
 * @param sentBytes sent to other executors
 * @param resident bytes in memory now, natives included
 * @param peakResident the most of them so far
 */
record ExecutorTotals(
        String id,
        String host,
        long steps,
        double stepSeconds,
        double waitSeconds,
        double exchangeSeconds,
        long sentBytes,
        long resident,
        long peakResident)
        implements Serializable {}
