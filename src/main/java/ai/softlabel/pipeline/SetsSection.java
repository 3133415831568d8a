package ai.softlabel.pipeline;

import ai.softlabel.Seeds;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.FittedCalibrators;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.SetAnswer;
import ai.softlabel.calibrate.SetsFit;
import ai.softlabel.metrics.ClopperPearson;
import ai.softlabel.metrics.StudentInterval;
import ai.softlabel.metrics.Summary;
import ai.softlabel.run.Json;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Subgroups;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;

/**
 * Fits prediction sets, and makes the report's section {@code sets}: coverage and size on the test part. Of more than
 * {@link Summary#EXACT} held-out pictures it uses that many, drawn by a hash of their names.
 */
public final class SetsSection {
    private static final double[] COVERAGES = {0.8, 0.9, 0.95, 0.99};
    private static final String BY_CLASS = "-by-class";
    private static final String BY_CLUSTER = "-by-cluster";

    private SetsSection() {}

    /** By a hash of the name. */
    private static final class ByHash implements Comparator<SetAnswer>, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public int compare(SetAnswer a, SetAnswer b) {
            int byHash = Long.compare(Seeds.key(0, "answers", a.name()), Seeds.key(0, "answers", b.name()));
            return byHash != 0 ? byHash : a.name().compareTo(b.name());
        }
    }

    /** Fits on pictures that the model was not trained on; empty where they are too few to be divided. */
    public static Optional<SetsFit> fit(JavaRDD<Prediction> heldOut, FittedCalibrators r) {
        FittedCalibrators.CrossFitted maps = r.crossFitted();
        List<Calibrator> each = new ArrayList<>(maps.maps());
        List<SetAnswer> answers = heldOut.map(p -> {
                    Labelled d = SelectiveSection.labelled(p);
                    return SetAnswer.of(d, maps.without(d).apply(p.logits()));
                })
                .takeOrdered(Summary.EXACT, new ByHash());
        return SetsFit.of(
                answers,
                each,
                (scores, thresholds) -> SetsFit.mean(heldOut.mapPartitions(it -> {
                            long[] sums = new long[thresholds.length + 1];
                            it.forEachRemaining(
                                    p -> SetsFit.add(sums, SelectiveSection.labelled(p), each, scores, thresholds));
                            return List.of(sums).iterator();
                        })
                        .treeReduce(SetsSection::sum)));
    }

    private static long[] sum(long[] a, long[] b) {
        for (int i = 0; i < a.length; i++) {
            a[i] += b[i];
        }
        return a;
    }

    /**
     * The section of commands that fit: every method, the chosen one at several coverages and by slice.
     *
     * @param test or null
     * @param species whether a class's name tells its species, see {@link Subgroups#species}
     */
    public static ObjectNode of(SetsFit fit, JavaRDD<Prediction> test, List<String> classes, boolean species) {
        ObjectNode n = of(fit.best(), fit.methods(), test, classes, species);
        fit.sizes().forEach((method, size) -> Json.put((ObjectNode) n.at("/methods/" + method), "choice_size", size));
        return n;
    }

    /** The section of commands that use a run's sets. */
    public static ObjectNode of(PredictionSets sets, JavaRDD<Prediction> test, List<String> classes, boolean species) {
        return of(sets, Map.of(sets.score().method(), sets), test, classes, species);
    }

    private static ObjectNode of(
            PredictionSets chosen,
            Map<String, PredictionSets> methods,
            JavaRDD<Prediction> test,
            List<String> classes,
            boolean species) {
        ObjectNode n = Json.object()
                .put("chosen", chosen.score().method())
                .put("wanted", SetsFit.WANTED)
                .put("held_out", chosen.held().scores().length);
        ObjectNode of = n.putObject("methods");
        Map<String, PredictionSets.Maker> makers = new LinkedHashMap<>();
        methods.forEach((name, s) -> {
            ObjectNode m = of.putObject(name);
            if (s.score().penalty() > 0) {
                m.put("penalty", s.score().penalty()).put("free", s.score().free());
            }
            makers.put(name, s.maker(SetsFit.WANTED));
        });
        String byClass = chosen.score().method() + BY_CLASS;
        makers.put(byClass, chosen.byClass(SetsFit.WANTED));
        of.putObject(byClass);
        String byCluster = chosen.score().method() + BY_CLUSTER;
        if (chosen.clusters().length > 0) {
            makers.put(byCluster, chosen.byCluster(SetsFit.WANTED));
            of.putObject(byCluster)
                    .put("clusters", Arrays.stream(chosen.clusters()).max().orElse(0) + 1);
        }
        if (test == null) {
            return n;
        }
        for (double c : COVERAGES) {
            makers.put(Double.toString(c), chosen.maker(c));
        }
        Counts counts = counted(test, makers, chosen.score().method(), classes.size());
        methods.keySet().forEach(name -> counts.put((ObjectNode) of.get(name), name));
        counts.put((ObjectNode) of.get(byClass), byClass);
        if (of.has(byCluster)) {
            counts.put((ObjectNode) of.get(byCluster), byCluster);
        }
        of.properties().forEach(m -> counts.classes((ObjectNode) m.getValue(), m.getKey()));
        for (double c : COVERAGES) {
            ObjectNode level = (n.has("levels") ? n.withArray("levels") : n.putArray("levels")).addObject();
            counts.put(level.put("wanted", c), Double.toString(c));
        }
        slices(n, counts, chosen.score().method(), classes, species);
        return n;
    }

    /** The chosen method's sets by class, by species and by confidence before recalibration. */
    private static void slices(ObjectNode n, Counts counts, String chosen, List<String> classes, boolean species) {
        ObjectNode each = n.putObject("classes");
        ObjectNode slices = n.putObject("slices");
        Map<String, long[]> bySpecies = new TreeMap<>();
        long[] rows = counts.sums().get(chosen);
        for (int c = 0; c < classes.size(); c++) {
            long[] row = Counts.row(rows, c);
            Counts.slice(each, classes.get(c), row);
            if (species && row[0] > 0) {
                bySpecies.merge(Subgroups.species(classes.get(c)), row, SetsSection::sum);
            }
        }
        ObjectNode ofSpecies = slices.putObject("species");
        bySpecies.forEach((name, row) -> Counts.slice(ofSpecies, name, row));
        ObjectNode bands = slices.putObject("confidence");
        for (int b = 0; b < Subgroups.BANDS; b++) {
            Counts.slice(bands, Subgroups.bandName(b), Counts.row(counts.bands(), b));
        }
    }

    /** @param chosen the maker whose sets are counted by band of confidence too */
    private static Counts counted(
            JavaRDD<Prediction> test, Map<String, PredictionSets.Maker> makers, String chosen, int classes) {
        List<String> names = new ArrayList<>(makers.keySet());
        List<PredictionSets.Maker> all = new ArrayList<>(makers.values());
        int banded = names.indexOf(chosen);
        long[] sums = test.mapPartitions(it -> {
                    long[] own = new long[(names.size() * classes + Subgroups.BANDS) * Counts.WIDTH];
                    it.forEachRemaining(p -> {
                        for (int m = 0; m < all.size(); m++) {
                            int[] set = all.get(m).of(p.path(), p.logits());
                            Counts.add(own, (m * classes + p.label()) * Counts.WIDTH, set, p.label());
                            if (m == banded) {
                                int at = names.size() * classes + Subgroups.band(p);
                                Counts.add(own, at * Counts.WIDTH, set, p.label());
                            }
                        }
                    });
                    return List.of(own).iterator();
                })
                .treeReduce(SetsSection::sum);
        Map<String, long[]> out = new LinkedHashMap<>();
        int width = classes * Counts.WIDTH;
        for (int m = 0; m < names.size(); m++) {
            out.put(names.get(m), Arrays.copyOfRange(sums, m * width, (m + 1) * width));
        }
        return new Counts(out, Arrays.copyOfRange(sums, names.size() * width, sums.length));
    }

    /**
     * What sets were, by what made them and by class: pictures, those whose set held the label, sizes, their squares,
     * empty sets.
     *
     * @param bands the chosen method's, by band of confidence
     */
    private record Counts(Map<String, long[]> sums, long[] bands) {
        static final int WIDTH = 5;

        static void add(long[] to, int at, int[] set, int label) {
            to[at]++;
            to[at + 1] += Arrays.stream(set).anyMatch(c -> c == label) ? 1 : 0;
            to[at + 2] += set.length;
            to[at + 3] += (long) set.length * set.length;
            to[at + 4] += set.length == 0 ? 1 : 0;
        }

        static long[] row(long[] rows, int at) {
            return Arrays.copyOfRange(rows, at * WIDTH, (at + 1) * WIDTH);
        }

        /** Puts a slice that has pictures. */
        static void slice(ObjectNode to, String name, long[] row) {
            if (row[0] > 0) {
                put(to.putObject(name).put("count", row[0]), row);
            }
        }

        void put(ObjectNode n, String name) {
            long[] rows = sums.get(name);
            long[] total = new long[WIDTH];
            for (int i = 0; i < rows.length; i++) {
                total[i % WIDTH] += rows[i];
            }
            put(n, total);
        }

        /** How coverage differs between classes: the least, and the mean distance from the wanted one. */
        void classes(ObjectNode n, String name) {
            long[] rows = sums.get(name);
            double least = Double.NaN;
            double gap = 0;
            int present = 0;
            for (int at = 0; at < rows.length; at += WIDTH) {
                if (rows[at] > 0) {
                    double coverage = (double) rows[at + 1] / rows[at];
                    least = present == 0 ? coverage : Math.min(least, coverage);
                    gap += Math.abs(coverage - SetsFit.WANTED);
                    present++;
                }
            }
            Json.put(n, "least_class_coverage", least);
            Json.put(n, "class_coverage_gap", gap / present);
        }

        static void put(ObjectNode n, long[] row) {
            double count = row[0];
            double mean = row[2] / count;
            double squares = Math.max(0, row[3] - count * mean * mean);
            // A single picture tells nothing of the spread.
            double[] sizes = StudentInterval.of(mean, Math.sqrt(squares / (count - 1)), row[0]);
            Json.put(n, "coverage", row[1] / count);
            Json.add(n.putArray("coverage_interval"), ClopperPearson.interval(row[1], row[0]));
            Json.put(n, "size", mean);
            Json.add(n.putArray("size_interval"), sizes);
            Json.put(n, "empty", row[4] / count);
        }
    }
}
