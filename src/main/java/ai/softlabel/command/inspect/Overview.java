package ai.softlabel.command.inspect;

import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import ai.softlabel.data.FileFacts;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Source;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.Json;
import ai.softlabel.spark.JobDescription;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** What {@code inspect.html} shows, in the form of {@link ai.softlabel.report.InspectPage}. */
final class Overview {
    /** Files that are read again for their formats and sizes: quick, and enough for a distribution. */
    private static final int SAMPLE = 2000;
    /** Thumbnails of a page that a phone still opens. */
    private static final int THUMBNAILS = 240;

    private static final int PER_CLASS = 4;
    private static final int REASONS = 50;
    private static final int NAMED = 3;

    private final Listing listing;
    private final Map<Part, Map<Integer, Long>> counts;
    private final ObjectNode data = Json.object();

    /** @param counts pictures that can be used, by part and label */
    Overview(Listing listing, Map<Part, Map<Integer, Long>> counts) {
        this.listing = listing;
        this.counts = counts;
    }

    ObjectNode of(Session session, List<Rejection> rejected, double maxRejected, long seed) {
        parts();
        Set<String> unusable = new HashSet<>();
        rejected.forEach(r -> unusable.add(r.path()));
        // A random order that is the same each time.
        List<Entry> entries = listing.entries().stream()
                .filter(e -> !unusable.contains(e.name()))
                .sorted(Comparator.comparingLong((Entry e) -> Seeds.key(seed, "overview", e.name()))
                        .thenComparing(Entry::name))
                .toList();
        Map<Integer, List<Entry>> shown = examples(entries);
        Set<String> thumbnails = new HashSet<>();
        shown.values().forEach(of -> of.forEach(e -> thumbnails.add(e.name())));
        Set<String> sample = new HashSet<>(thumbnails);
        entries.stream().limit(SAMPLE).forEach(e -> sample.add(e.name()));
        Map<String, FileFacts> facts = read(session, List.copyOf(sample), thumbnails);
        files(entries.stream()
                .limit(SAMPLE)
                .map(e -> facts.get(e.name()))
                .filter(Objects::nonNull)
                .toList());
        pictures(shown, facts);
        rejected(rejected, maxRejected);
        return data;
    }

    private void parts() {
        ArrayNode classes = data.putArray("classes");
        for (int label = 0; label < listing.classes().size(); label++) {
            ObjectNode row = classes.addObject().put("name", listing.classes().get(label));
            for (Part part : Part.values()) {
                row.put(
                        part.name().toLowerCase(Locale.ROOT),
                        counts.getOrDefault(part, Map.of()).getOrDefault(label, 0L));
            }
        }
    }

    /** Of each class some, the more the fewer classes there are. */
    private Map<Integer, List<Entry>> examples(List<Entry> entries) {
        int classes = Math.max(1, listing.classes().size());
        int each = Math.max(1, Math.min(PER_CLASS, THUMBNAILS / classes));
        Map<Integer, List<Entry>> shown = new TreeMap<>();
        for (Entry e : entries) {
            List<Entry> of = shown.computeIfAbsent(e.label(), l -> new ArrayList<>());
            if (of.size() < each && e.label() < THUMBNAILS) {
                of.add(e);
            }
        }
        return shown;
    }

    private Map<String, FileFacts> read(Session session, List<String> names, Set<String> thumbnails) {
        Source source = listing.source();
        Map<String, FileFacts> facts = new HashMap<>();
        int slices = Math.max(1, Math.min(names.size(), 4 * session.cluster().slots()));
        try (JobDescription what = JobDescription.of(session.spark(), "read formats and sizes")) {
            session.spark()
                    .parallelize(names, slices)
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

    private void pictures(Map<Integer, List<Entry>> shown, Map<String, FileFacts> facts) {
        ArrayNode examples = data.putArray("examples");
        shown.forEach((label, entries) -> entries.forEach(e -> {
            FileFacts f = facts.get(e.name());
            if (f != null) {
                examples.addObject()
                        .put("class", listing.classes().get(label))
                        .put("path", e.name())
                        .put("width", f.width())
                        .put("height", f.height())
                        .put("jpeg", Base64.getEncoder().encodeToString(f.thumbnail()));
            }
        }));
    }

    private void rejected(List<Rejection> rejected, double maxRejected) {
        Map<String, List<Rejection>> reasons = new LinkedHashMap<>();
        rejected.forEach(r -> reasons.computeIfAbsent((r.counts() ? "1" : "0") + r.reason(), k -> new ArrayList<>())
                .add(r));
        data.put("rejected", rejected.size())
                .put("counted", rejected.stream().filter(Rejection::counts).count())
                .put("max_rejected", maxRejected)
                .put("other_reasons", Math.max(0, reasons.size() - REASONS));
        ArrayNode rows = data.putArray("reasons");
        reasons.values().stream()
                .sorted(Comparator.comparingInt((List<Rejection> of) -> -of.size()))
                .limit(REASONS)
                .forEach(of -> {
                    ObjectNode row = rows.addObject()
                            .put("reason", of.get(0).reason())
                            .put("count", of.size())
                            .put("counts", of.get(0).counts());
                    of.stream().limit(NAMED).forEach(r -> row.withArray("paths").add(r.path()));
                });
    }
}
