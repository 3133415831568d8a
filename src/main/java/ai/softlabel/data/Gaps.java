package ai.softlabel.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;

/**
 * The ranks of rejected pictures.
 *
 * @param ranks ascending
 */
record Gaps(int[] ranks) implements Serializable {
    /** All of several partitions. */
    static Gaps of(Collection<int[]> partitions) {
        return new Gaps(
                partitions.stream().flatMapToInt(Arrays::stream).sorted().toArray());
    }

    /** The rank among the pictures used of one that is used. */
    int closed(int rank) {
        // Where it is not found, the search tells how many come before it.
        return rank + Arrays.binarySearch(ranks, rank) + 1;
    }

    /** What the smallest replica has of so many listed ones, times the replicas; a remainder is in nobody's batch. */
    int even(int count, Shards shards) {
        int[] sizes = new int[shards.replicas()];
        for (int r = 0; r < sizes.length; r++) {
            sizes[r] = count / sizes.length + (r < count % sizes.length ? 1 : 0);
        }
        for (int rank : ranks) {
            sizes[shards.replica(rank)]--;
        }
        return Arrays.stream(sizes).min().orElse(0) * sizes.length;
    }
}
