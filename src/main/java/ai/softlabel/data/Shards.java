package ai.softlabel.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How the pictures of a part lie on the cluster: replica r has those of rank r, r + replicas, r + 2 · replicas and so
 * on; partition p holds the pictures of {@link #perPartition()} neighbouring replicas.
 *
 * @param replicas at least 1
 * @param partitions a divisor of {@code replicas}
 */
public record Shards(int replicas, int partitions) implements java.io.Serializable {
    public Shards {
        if (partitions < 1 || replicas % partitions != 0) {
            throw new IllegalArgumentException(
                    "expected partitions that divide " + replicas + " replicas, found " + partitions);
        }
    }

    /** The largest number of at most {@code most} that divides {@code number}; both are at least 1. */
    public static int divisor(int number, int most) {
        int found = Math.min(number, most);
        while (number % found != 0) {
            found--;
        }
        return found;
    }

    /** Replicas in each partition. */
    public int perPartition() {
        return replicas / partitions;
    }

    /** The replica that a picture of this rank belongs to. */
    public int replica(int rank) {
        return rank % replicas;
    }

    public int partition(int rank) {
        return replica(rank) / perPartition();
    }

    /** How many of {@code count} pictures a partition has. */
    int size(int partition, int count) {
        int size = count / replicas * perPartition();
        int first = partition * perPartition();
        return size + Math.max(0, Math.min(perPartition(), count % replicas - first));
    }

    /** The rank of what {@link #cut} put at a place, from 0, of a partition's list. */
    int rank(int partition, int place) {
        return place / perPartition() * replicas + partition * perPartition() + place % perPartition();
    }

    /** Cuts a list in rank order into the partitions' lists. */
    <T> List<List<T>> cut(List<T> inRankOrder) {
        List<List<T>> out = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            out.add(new ArrayList<>());
        }
        for (int rank = 0; rank < inRankOrder.size(); rank++) {
            out.get(partition(rank)).add(inRankOrder.get(rank));
        }
        return out;
    }
}
