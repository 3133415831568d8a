package ai.softlabel.train;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * {@link TreeSum}'s tree over all replicas, of which each executor has some. What an executor can sum alone are the
 * largest subtrees all of whose replicas it has: one, where these are an aligned block of a power of two, and otherwise
 * a few. Summed alone and then joined along the tree, they give the bits of one executor that has all replicas.
 *
 * @param replicas how many there are
 */
record SumTree(int replicas) {
    /**
     * A subtree.
     *
     * @param first its first replica
     * @param count how many it has, which are neighbours
     */
    record Piece(int first, int count) {}

    /** The largest subtrees whose replicas are all there, by their first replica. */
    List<Piece> pieces(BitSet there) {
        List<Piece> pieces = new ArrayList<>();
        cut(0, replicas, there, pieces);
        return pieces;
    }

    private static void cut(int first, int count, BitSet there, List<Piece> pieces) {
        if (there.nextClearBit(first) >= first + count) {
            pieces.add(new Piece(first, count));
        } else if (count > 1) {
            int left = left(count);
            cut(first, left, there, pieces);
            cut(first + left, count - left, there, pieces);
        }
    }

    /**
     * How the sums of pieces, which together are the tree, are joined.
     *
     * @param pieces by their first replica
     * @return in order: the index of a piece, and that of the one that is added to it; at last all is in the first
     */
    List<int[]> joins(List<Piece> pieces) {
        List<int[]> joins = new ArrayList<>();
        join(new Piece(0, replicas), pieces, joins);
        return joins;
    }

    private static int join(Piece all, List<Piece> pieces, List<int[]> joins) {
        int found = pieces.indexOf(all);
        if (found >= 0) {
            return found;
        }
        int left = left(all.count());
        int a = join(new Piece(all.first(), left), pieces, joins);
        int b = join(new Piece(all.first() + left, all.count() - left), pieces, joins);
        joins.add(new int[] {a, b});
        return a;
    }

    /** Of so many replicas, at least 2, those in the left subtree. */
    private static int left(int count) {
        return Integer.highestOneBit(count - 1);
    }
}
