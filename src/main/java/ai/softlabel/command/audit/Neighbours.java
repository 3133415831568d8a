package ai.softlabel.command.audit;

import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Each item's nearest others by cosine distance. Up to {@link #EXACT} items all pairs are compared; beyond, those that
 * share a bucket in one of several tables of random hyperplanes (Charikar, "Similarity Estimation Techniques from
 * Rounding Algorithms", 2002), so that time grows with the items and not with their square.
 */
final class Neighbours {
    static final int EXACT = 20_000;
    private static final int TABLES = 8;
    private static final int BUCKET = 64;

    /**
     * A near other.
     *
     * @param distance 1 less the cosine, in [0, 2]
     */
    record Near(int other, double distance) {}

    private Neighbours() {}

    /**
     * The {@code count} nearest of each vector, nearest first; fewer where there are not so many.
     *
     * @param vectors of equal length, not all 0; they are scaled to length 1
     */
    static List<List<Near>> of(float[][] vectors, int count) {
        return of(vectors, count, EXACT);
    }

    static List<List<Near>> of(float[][] vectors, int count, int exact) {
        for (float[] v : vectors) {
            double norm = Math.sqrt(dot(v, v));
            for (int i = 0; i < v.length; i++) {
                v[i] = (float) (v[i] / Math.max(norm, Float.MIN_NORMAL));
            }
        }
        int n = vectors.length;
        if (n <= exact) {
            return IntStream.range(0, n)
                    .parallel()
                    .mapToObj(i -> nearest(vectors, i, IntStream.range(0, n).toArray(), count))
                    .toList();
        }
        List<Map<Long, int[]>> tables = new ArrayList<>();
        long[][] keys = new long[TABLES][];
        for (int t = 0; t < TABLES; t++) {
            keys[t] = keys(vectors, t, Math.max(1, (int) Math.ceil(Math.log((double) n / BUCKET) / Math.log(2))));
            tables.add(buckets(keys[t]));
        }
        return IntStream.range(0, n)
                .parallel()
                .mapToObj(i -> nearest(
                        vectors,
                        i,
                        IntStream.range(0, TABLES)
                                .flatMap(t -> Arrays.stream(tables.get(t).get(keys[t][i])))
                                .distinct()
                                .toArray(),
                        count))
                .toList();
    }

    private static List<Near> nearest(float[][] vectors, int i, int[] candidates, int count) {
        double[] distances = new double[candidates.length];
        for (int c = 0; c < candidates.length; c++) {
            distances[c] = candidates[c] == i ? Double.MAX_VALUE : 1 - dot(vectors[i], vectors[candidates[c]]);
        }
        double[] sorted = distances.clone();
        Arrays.sort(sorted);
        double most = sorted[Math.min(count, sorted.length) - 1];
        List<Near> out = new ArrayList<>();
        for (int c = 0; c < candidates.length; c++) {
            if (distances[c] <= most && candidates[c] != i) {
                out.add(new Near(candidates[c], Math.max(0, distances[c])));
            }
        }
        out.sort(Comparator.comparingDouble(Near::distance).thenComparing(Near::other));
        return out.subList(0, Math.min(count, out.size()));
    }

    private static double dot(float[] a, float[] b) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        // Four sums, which the compiler can keep in one register.
        for (; i + 3 < a.length; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            s0 += a[i] * b[i];
        }
        return (double) s0 + s1 + s2 + s3;
    }

    /** On which side of each of so many hyperplanes a vector lies. */
    private static long[] keys(float[][] vectors, int table, int bits) {
        SplittableRandom random = Seeds.stream(1, "hyperplanes", table);
        float[][] planes = new float[bits][vectors[0].length];
        for (float[] plane : planes) {
            for (int i = 0; i < plane.length; i++) {
                plane[i] = (float) random.nextGaussian();
            }
        }
        // Around the mean: features are positive, and most planes through 0 would have all of them on one side.
        double[] offsets = new double[bits];
        for (float[] v : vectors) {
            for (int b = 0; b < bits; b++) {
                offsets[b] += dot(v, planes[b]) / vectors.length;
            }
        }
        return Arrays.stream(vectors)
                .parallel()
                .mapToLong(v -> {
                    long key = 0;
                    for (int b = 0; b < bits; b++) {
                        key = key << 1 | (dot(v, planes[b]) > offsets[b] ? 1 : 0);
                    }
                    return key;
                })
                .toArray();
    }

    private static Map<Long, int[]> buckets(long[] keys) {
        Map<Long, List<Integer>> lists = new HashMap<>();
        for (int i = 0; i < keys.length; i++) {
            lists.computeIfAbsent(keys[i], k -> new ArrayList<>()).add(i);
        }
        Map<Long, int[]> out = new HashMap<>();
        lists.forEach((key, of) ->
                out.put(key, of.stream().mapToInt(Integer::intValue).toArray()));
        return out;
    }
}
