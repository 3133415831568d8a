package ai.softlabel.command.inspect;

import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import ai.softlabel.data.CheckedPictures;
import ai.softlabel.data.FileFacts;
import ai.softlabel.data.LabelledNames;
import ai.softlabel.data.Source;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.Json;
import ai.softlabel.spark.JobDescription;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** What {@code inspect.html} shows, in the form of {@link ai.softlabel.report.InspectPage}. */
final class Overview {
    /** Files that are read again for their formats and sizes: quick, and enough for a distribution. */
    private static final int SAMPLE = 2000;
    /** Thumbnails of a page that a phone still opens. */
    private static final int THUMBNAILS = 240;

    private static final int PER_CLASS = 4;
    private static final int REASONS = 50;
    private static final int NAMED = 3;
    private static final int TASKS_PER_SLOT = 4;

    private final LabelledNames names;
    private final Map<Part, Map<Integer, Long>> counts;
    private final CheckedPictures pictures;
    private final ObjectNode data = Json.object();

    /** @param counts pictures that can be used, by part and label */
    Overview(LabelledNames names, Map<Part, Map<Integer, Long>> counts, CheckedPictures pictures) {
        this.names = names;
        this.counts = counts;
        this.pictures = pictures;
    }

    /** A picture in a random order that is the same each time. */
    private record Drawn(long key, String name, int label) implements Serializable, Comparable<Drawn> {
        private static final Comparator<Drawn> ORDER =
                Comparator.comparingLong(Drawn::key).thenComparing(Drawn::name);

        @Override
        public int compareTo(Drawn other) {
            return ORDER.compare(this, other);
        }
    }

    ObjectNode of(Session session, double maxRejected, long seed) {
        parts();
        // Few partitions: the driver gets some pictures of each.
        JavaRDD<Drawn> drawn = pictures.used()
                .map(u -> new Drawn(Seeds.key(seed, "overview", u.name()), u.name(), u.label()))
                .coalesce(TASKS_PER_SLOT * session.cluster().slots());
        List<Drawn> sample = drawn.takeOrdered(SAMPLE);
        Map<Integer, TreeSet<Drawn>> shown = examples(drawn);
        Set<String> thumbnails = new HashSet<>();
        shown.values().forEach(of -> of.forEach(d -> thumbnails.add(d.name())));
        Set<String> wanted = new HashSet<>(thumbnails);
        sample.forEach(d -> wanted.add(d.name()));
        Map<String, FileFacts> facts = read(session, List.copyOf(wanted), thumbnails);
        files(sample.stream()
                .map(d -> facts.get(d.name()))
                .filter(Objects::nonNull)
                .toList());
        pictures(shown, facts);
        rejected(maxRejected);
        return data;
    }

    private void parts() {
        ArrayNode classes = data.putArray("classes");
        for (int label = 0; label < names.classes().size(); label++) {
            ObjectNode row = classes.addObject().put("name", names.classes().get(label));
            for (Part part : Part.values()) {
                row.put(
                        part.name().toLowerCase(Locale.ROOT),
                        counts.getOrDefault(part, Map.of()).getOrDefault(label, 0L));
            }
        }
    }

    /** Of each class some, the more the fewer classes there are. */
    private Map<Integer, TreeSet<Drawn>> examples(JavaRDD<Drawn> drawn) {
        int classes = Math.max(1, names.classes().size());
        int each = Math.max(1, Math.min(PER_CLASS, THUMBNAILS / classes));
        return drawn.filter(d -> d.label() < THUMBNAILS)
                .aggregate(new TreeMap<>(), (shown, one) -> with(shown, one, each), (shown, others) -> {
                    others.values().forEach(of -> of.forEach(one -> with(shown, one, each)));
                    return shown;
                });
    }

    private static TreeMap<Integer, TreeSet<Drawn>> with(TreeMap<Integer, TreeSet<Drawn>> shown, Drawn one, int each) {
        TreeSet<Drawn> of = shown.computeIfAbsent(one.label(), l -> new TreeSet<>());
        of.add(one);
        if (of.size() > each) {
            of.pollLast();
        }
        return shown;
    }

    private Map<String, FileFacts> read(Session session, List<String> wanted, Set<String> thumbnails) {
        Source source = names.source();
        Map<String, FileFacts> facts = new HashMap<>();
        int slices = Math.max(
                1, Math.min(wanted.size(), TASKS_PER_SLOT * session.cluster().slots()));
        try (JobDescription what = JobDescription.of(session.spark(), "read formats and sizes")) {
            session.spark()
                    .parallelize(wanted, slices)
                    .map(name -> FileFacts.of(name, source, thumbnails.contains(name)))
                    .filter(Objects::nonNull)
                    .collect()
                    .forEach(f -> facts.put(f.name(), f));
        }
        return facts;
    }

    private void files(List<FileFacts> sample) {
        data.put("sampled", sample.size());
        Map<String, Integer> formats = new TreeMap<>();
        sample.forEach(f -> formats.merge(f.format(), 1, Integer::sum));
        ObjectNode of = data.putObject("formats");
        formats.forEach(of::put);
        ArrayNode sizes = data.putArray("sizes");
        quantiles(sizes.addObject().put("of", "width, pixels"), sample, FileFacts::width);
        quantiles(sizes.addObject().put("of", "height, pixels"), sample, FileFacts::height);
        quantiles(sizes.addObject().put("of", "shorter side, pixels"), sample, f -> Math.min(f.width(), f.height()));
        quantiles(sizes.addObject().put("of", "file, KB"), sample, f -> (f.bytes() + 512) / 1024);
    }

    private static void quantiles(ObjectNode row, List<FileFacts> sample, ToIntFunction<FileFacts> value) {
        int[] sorted = sample.stream().mapToInt(value).sorted().toArray();
        double[] shares = {0, 0.05, 0.5, 0.95, 1};
        ArrayNode quantiles = row.putArray("quantiles");
        for (double share : shares) {
            if (sorted.length > 0) {
                quantiles.add(sorted[(int) Math.round(share * (sorted.length - 1))]);
            }
        }
    }

    private void pictures(Map<Integer, TreeSet<Drawn>> shown, Map<String, FileFacts> facts) {
        ArrayNode examples = data.putArray("examples");
        shown.forEach((label, entries) -> entries.forEach(e -> {
            FileFacts f = facts.get(e.name());
            if (f != null) {
                examples.addObject()
                        .put("class", names.classes().get(label))
                        .put("path", e.name())
                        .put("width", f.width())
                        .put("height", f.height())
                        .put("jpeg", Base64.getEncoder().encodeToString(f.thumbnail()));
            }
        }));
    }

    /**
     * A reason, and which pictures have it.
     *
     * @param paths the first few
     */
    private record Reason(String reason, boolean counts, long count, List<String> paths)
            implements Serializable, Comparable<Reason> {
        private static final Comparator<Reason> ORDER = Comparator.comparingLong((Reason r) -> -r.count())
                .thenComparing(Reason::reason)
                .thenComparing(Reason::counts);

        static Reason of(Rejection r) {
            return new Reason(r.reason(), r.counts(), 1, List.of(r.path()));
        }

        Reason plus(Reason other) {
            List<String> both = Stream.concat(paths.stream(), other.paths.stream())
                    .sorted()
                    .limit(NAMED)
                    .toList();
            return new Reason(reason, counts, count + other.count, new ArrayList<>(both));
        }

        @Override
        public int compareTo(Reason other) {
            return ORDER.compare(this, other);
        }
    }

    private void rejected(double maxRejected) {
        JavaRDD<Reason> reasons = pictures.rejections()
                .mapToPair(r -> new Tuple2<>((r.counts() ? "1" : "0") + r.reason(), Reason.of(r)))
                .reduceByKey(Reason::plus)
                .values();
        data.put("rejected", pictures.rejected())
                .put("counted", pictures.counted())
                .put("max_rejected", maxRejected)
                .put("other_reasons", Math.max(0, reasons.count() - REASONS));
        ArrayNode rows = data.putArray("reasons");
        for (Reason r : reasons.takeOrdered(REASONS)) {
            ObjectNode row = rows.addObject()
                    .put("reason", r.reason())
                    .put("count", r.count())
                    .put("counts", r.counts());
            r.paths().forEach(row.withArray("paths")::add);
        }
    }
}
