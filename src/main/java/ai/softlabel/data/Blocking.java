package ai.softlabel.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How the pictures of a part that is larger than the replicas' windows are cut into blocks, which are partitions of
 * their own in Spark's storage. A block holds pictures of one replica that follow each other in its order of ranks. The
 * blocks of replica 0 come first, then those of replica 1, and so on.
 *
 * @param shards how ranks belong to replicas
 * @param count pictures of the part
 * @param perBlock pictures of a block, the last one of a replica excepted
 * @param perWindow blocks that are shuffled together
 */
public record Blocking(Shards shards, int count, int perBlock, int perWindow) implements Serializable {
    /** Few enough that a block is not tiny, many enough that windows of other blocks mix well. */
    private static final int BLOCKS_PER_WINDOW = 64;

    /**
     * The blocks of a part, or null where every replica's pictures fit into one window. It depends on nothing but these
     * settings, so that any cluster trains in the same order.
     *
     * @param window pictures that a window holds
     */
    static Blocking of(Shards shards, int count, int window) {
        if ((count + shards.replicas() - 1) / shards.replicas() <= window) {
            return null;
        }
        int perBlock = Math.max(1, window / BLOCKS_PER_WINDOW);
        return new Blocking(shards, count, perBlock, window / perBlock);
    }

    /** The same blocks with a window for items of another size. */
    public Blocking window(int items) {
        return new Blocking(shards, count, perBlock, Math.max(1, items / perBlock));
    }

    /** Blocks of a replica. */
    public int blocks(int replica) {
        return (pictures(replica) + perBlock - 1) / perBlock;
    }

    /** Blocks of all replicas. */
    public int blocks() {
        return first(shards.replicas());
    }

    /** The first block of a replica. */
    public int first(int replica) {
        int first = 0;
        for (int r = 0; r < replica; r++) {
            first += blocks(r);
        }
        return first;
    }

    private int pictures(int replica) {
        return count / shards.replicas() + (replica < count % shards.replicas() ? 1 : 0);
    }

    /** For each block the partition of {@link Shards} whose task reads it. */
    int[] owners() {
        int[] owners = new int[blocks()];
        int at = 0;
        for (int r = 0; r < shards.replicas(); r++) {
            for (int b = 0; b < blocks(r); b++) {
                owners[at++] = r / shards.perPartition();
            }
        }
        return owners;
    }

    /** The rank of what {@link #cut} put at a place, from 0, of a block's list. */
    int rank(int block, int place) {
        int replica = 0;
        int own = block;
        while (own >= blocks(replica)) {
            own -= blocks(replica);
            replica++;
        }
        return (own * perBlock + place) * shards.replicas() + replica;
    }

    /** Cuts a list in rank order into the blocks' lists. */
    <T> List<List<T>> cut(List<T> inRankOrder) {
        List<List<T>> out = new ArrayList<>();
        for (int r = 0; r < shards.replicas(); r++) {
            List<T> block = new ArrayList<>();
            for (int rank = r; rank < inRankOrder.size(); rank += shards.replicas()) {
                if (block.size() == perBlock) {
                    out.add(block);
                    block = new ArrayList<>();
                }
                block.add(inRankOrder.get(rank));
            }
            if (!block.isEmpty()) {
                out.add(block);
            }
        }
        return out;
    }
}
