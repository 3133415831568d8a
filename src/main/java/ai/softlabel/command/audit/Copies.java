package ai.softlabel.command.audit;

import ai.softlabel.command.audit.Neighbours.Near;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pairs of pictures that show the same: of the same bytes, of nearly the same perceptual hash, or near by features and
 * nearly the same where they fit best.
 */
final class Copies {
    /** Bits of 64 in which hashes of the same picture may differ. */
    private static final int SAME_HASH = 6;
    /** Neighbours by features that are compared closely. */
    private static final int NEIGHBOURS = 10;
    /** Correlation of grey levels from which two pictures show the same. */
    private static final double SAME_GREY = 0.95;
    /** The share of the median distance to the nearest neighbours below which features are the same (cleanlab's). */
    private static final double SAME_FEATURES = 0.13;

    private static final int BANDS = 4;
    private static final int BITS = Long.SIZE / BANDS;

    /**
     * A pair, by places in the list of pictures.
     *
     * @param bytes whether their files are the same
     * @param score how alike they are, in [0, 1]
     */
    record Pair(int first, int second, boolean bytes, double score) {}

    private Copies() {}

    /**
     * All pairs, by first and second picture.
     *
     * @param sha256 the hash of each picture's file
     * @param features of each picture; they are scaled
     */
    static List<Pair> of(List<Look> looks, List<String> sha256, float[][] features) {
        TreeMap<Long, Pair> pairs = new TreeMap<>();
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < looks.size(); i++) {
            Integer before = first.putIfAbsent(sha256.get(i), i);
            if (before != null) {
                add(pairs, new Pair(before, i, true, 1));
            }
        }
        hashes(looks, pairs);
        List<List<Near>> near = Neighbours.of(features, NEIGHBOURS);
        double[] all = near.stream()
                .flatMap(List::stream)
                .mapToDouble(Near::distance)
                .sorted()
                .toArray();
        double same = all.length == 0 ? 0 : SAME_FEATURES * all[all.length / 2];
        near(looks, near, same).forEach(p -> add(pairs, p));
        return List.copyOf(pairs.values());
    }

    private static List<Pair> near(List<Look> looks, List<List<Near>> near, double same) {
        return java.util.stream.IntStream.range(0, near.size())
                .parallel()
                .boxed()
                .flatMap(i -> near.get(i).stream()
                        .filter(n ->
                                i < n.other() || near.get(n.other()).stream().noneMatch(back -> back.other() == i))
                        .map(n -> {
                            double alike = Alignment.of(looks.get(i), looks.get(n.other()));
                            boolean is = alike >= SAME_GREY || n.distance() < same;
                            return is ? pair(i, n.other(), Math.max(0, alike)) : null;
                        }))
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private static Pair pair(int a, int b, double score) {
        return new Pair(Math.min(a, b), Math.max(a, b), false, score);
    }

    private static void add(TreeMap<Long, Pair> pairs, Pair pair) {
        pairs.merge(
                ((long) pair.first() << Integer.SIZE) + pair.second(),
                pair,
                (old, now) -> old.bytes() || old.score() >= now.score() ? old : now);
    }

    /** Pairs by hash: of all, or where they are many, of those that share a quarter of their bits. */
    private static void hashes(List<Look> looks, TreeMap<Long, Pair> pairs) {
        int n = looks.size();
        if (n <= Neighbours.EXACT) {
            for (int i = 0; i < n; i++) {
                for (int j = i + 1; j < n; j++) {
                    compare(looks, i, j, pairs);
                }
            }
            return;
        }
        for (int band = 0; band < BANDS; band++) {
            Map<Long, List<Integer>> buckets = new HashMap<>();
            for (int i = 0; i < n; i++) {
                for (long hash : new long[] {looks.get(i).hash(), looks.get(i).mirrored()}) {
                    long key = hash >>> band * BITS & (1L << BITS) - 1;
                    List<Integer> bucket = buckets.computeIfAbsent(key, k -> new ArrayList<>());
                    for (int other : bucket) {
                        if (other != i) {
                            compare(looks, other, i, pairs);
                        }
                    }
                    bucket.add(i);
                }
            }
        }
    }

    private static void compare(List<Look> looks, int i, int j, TreeMap<Long, Pair> pairs) {
        int distance = looks.get(i).distance(looks.get(j));
        if (distance <= SAME_HASH) {
            add(pairs, new Pair(i, j, false, 1 - distance / 64.0));
        }
    }
}
