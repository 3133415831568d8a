package ai.softlabel.score;

import ai.softlabel.metrics.Reliability;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;

/** Count, error, NLL and ECE of subgroups of the predictions: by breed, by species and by confidence. */
public final class Subgroups {
    /** Number of bands of confidence, of equal width. */
    public static final int BANDS = 5;

    private Subgroups() {}

    /** The band of confidence of a prediction, from 0: each is closed above. */
    public static int band(Prediction p) {
        return Math.max(0, (int) Math.ceil(p.probabilities()[p.predicted()] * BANDS) - 1);
    }

    /** What a band is called. */
    public static String bandName(int band) {
        return band * 100 / BANDS + " to " + (band + 1) * 100 / BANDS + " %";
    }

    /** The species of a class of the pets: a cat's name starts with a capital. */
    public static String species(String name) {
        return Character.isUpperCase(name.charAt(0)) ? "cat" : "dog";
    }

    /** A subgroup: its kind, its position within the kind, and its name. */
    private record Key(String kind, int order, String name) implements Serializable, Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byKind = kind.compareTo(other.kind);
            return byKind != 0 ? byKind : Integer.compare(order, other.order);
        }
    }

    /**
     * The subgroups by kind ("breed", "species", "confidence") and name.
     *
     * @param species whether a class's name tells its species, see {@link #species}
     */
    public static Map<String, Map<String, Reliability>> of(
            JavaRDD<Prediction> predictions, List<String> classes, boolean species) {
        List<String> names = List.copyOf(classes);
        TreeMap<Key, Reliability> merged = predictions
                .mapPartitions(it -> {
                    TreeMap<Key, Reliability> own = new TreeMap<>();
                    it.forEachRemaining(p -> {
                        String name = names.get(p.label());
                        add(own, new Key("breed", p.label(), name), p);
                        if (species) {
                            String of = species(name);
                            add(own, new Key("species", of.equals("cat") ? 0 : 1, of), p);
                        }
                        add(own, new Key("confidence", band(p), bandName(band(p))), p);
                    });
                    return List.of(own).iterator();
                })
                .treeReduce((a, b) -> {
                    b.forEach((key, summary) -> a.merge(key, summary, Reliability::merge));
                    return a;
                });
        Map<String, Map<String, Reliability>> out = new LinkedHashMap<>();
        for (String kind : List.of("breed", "species", "confidence")) {
            out.put(kind, new LinkedHashMap<>());
        }
        merged.forEach((key, summary) -> out.get(key.kind()).put(key.name(), summary));
        return out;
    }

    private static void add(TreeMap<Key, Reliability> slices, Key key, Prediction p) {
        slices.computeIfAbsent(key, k -> new Reliability()).update(p.probabilities(), p.label());
    }
}
