package ai.softlabel.train;

import java.io.Serializable;

/**
 * What a replica has of its own in the middle of an epoch.
 *
 * @param place in its order of items
 * @param sums behind its running statistics; empty where they are fixed
 * @param gathered what its loss gathered in this epoch; empty where the loss learns nothing
 */
record ReplicaState(Place place, float[] sums, double[] gathered) implements Serializable {}
