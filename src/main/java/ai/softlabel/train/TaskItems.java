package ai.softlabel.train;

import java.util.function.IntFunction;

/**
 * The items of a task's replicas.
 *
 * @param replicas a replica's items, by its number among all replicas
 * @param encoded whether they are pictures that are still encoded
 */
record TaskItems<T>(IntFunction<Items<T>> replicas, boolean encoded) {}
