package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.data.Digests;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Loader;
import ai.softlabel.data.Preparations;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Storing;
import ai.softlabel.files.Directory;
import ai.softlabel.run.RejectionFile;
import ai.softlabel.spark.JobDescription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The parts of a job's data in Spark's storage, and the rejected pictures.
 *
 * @param parts the loaded parts
 * @param rejected all rejections
 * @param fingerprint a hash over all pictures used
 * @param loadSeconds seconds from the first training picture read to the last one decoded
 */
public record LoadedPictures(
        Map<Part, Loader.Loaded> parts, List<Rejection> rejected, String fingerprint, double loadSeconds) {

    /**
     * Loads parts, writes {@code rejected.jsonl}, and checks how many were rejected.
     *
     * @param before rejections already known from the listing
     * @param preparations what is kept of each
     * @param storing how the pictures are kept
     * @param console where progress is shown
     * @throws JobException of status 3 if too many were rejected
     */
    public static LoadedPictures load(
            Session session,
            Listing listing,
            Map<Part, List<Entry>> entries,
            List<Rejection> before,
            Preparations preparations,
            Shards shards,
            double maxRejected,
            Directory out,
            Storing storing,
            ConsoleProgress console)
            throws IOException {
        Loader loader = new Loader(session.spark(), listing.source(), preparations, storing);
        Map<Part, Loader.Loaded> parts = new EnumMap<>(Part.class);
        List<Rejection> rejected = new ArrayList<>(before);
        double loadSeconds = 0;
        for (Map.Entry<Part, List<Entry>> e : entries.entrySet()) {
            long startTime = System.nanoTime();
            String name = e.getKey().name().toLowerCase(Locale.ROOT);
            Loader.Loaded loaded;
            try (Phases.Phase phase = session.phases().begin("reading");
                    TaskProgress progress = TaskProgress.ofPictures(
                            Loader.PROGRESS + name,
                            shards.partitions(),
                            console,
                            "decode " + name,
                            e.getValue().size())) {
                loaded = loader.load(e.getKey(), e.getValue(), shards);
            }
            loadSeconds = e.getKey() == Part.TRAIN ? (System.nanoTime() - startTime) / 1e9 : loadSeconds;
            parts.put(e.getKey(), loaded);
            rejected.addAll(loaded.rejected());
        }
        RejectionFile.write(rejected, out);
        LoadedPictures all =
                new LoadedPictures(parts, rejected, fingerprint(session, parts.values(), console), loadSeconds);
        all.requireFew(maxRejected, out);
        return all;
    }

    private static String fingerprint(Session session, Collection<Loader.Loaded> parts, ConsoleProgress console) {
        long count = parts.stream().mapToLong(Loader.Loaded::count).sum();
        try (JobDescription what = JobDescription.of(session.spark(), "fingerprint of the pictures");
                TaskProgress progress = TaskProgress.ofPictures(Digests.PROGRESS, 1, console, "fingerprint", count)) {
            return Digests.fingerprint(
                    parts.stream().map(Loader.Loaded::digests).toList());
        }
    }

    /**
     * Checks how many pictures were rejected.
     *
     * @param out where {@code rejected.jsonl} is
     * @throws JobException of status 3 if too many were
     */
    public void requireFew(double maxRejected, Directory out) {
        long counted = rejected.stream().filter(Rejection::counts).count();
        long listed = counted + parts.keySet().stream().mapToInt(this::count).sum();
        Rejection first =
                rejected.stream().filter(Rejection::counts).findFirst().orElse(null);
        requireFew(maxRejected, counted, listed, first, out);
    }

    /**
     * The same of so many.
     *
     * @param first one that counts, or null where none does
     */
    public static void requireFew(double maxRejected, long counted, long listed, Rejection first, Directory out) {
        if (counted > maxRejected * listed) {
            throw JobException.input(
                    "expected at most %.4g of the pictures to be unusable, found %d of %d (such as %s: %s); see %s, fix them or raise --max-rejected",
                    maxRejected, counted, listed, first.path(), first.reason(), out.path("rejected.jsonl"));
        }
    }

    /** A hash over the names and labels in a listing. */
    public static String hash(Listing listing) {
        return Digests.of(listing);
    }

    /** Training pictures that an epoch's steps can count on, see {@link Loader.Loaded#even}. */
    public int trained() {
        return parts.get(Part.TRAIN).even();
    }

    public int count(Part part) {
        return parts.containsKey(part) ? parts.get(part).count() : 0;
    }
}
