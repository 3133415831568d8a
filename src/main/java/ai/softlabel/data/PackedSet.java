package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.Rejection;
import ai.softlabel.Sha256;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.spark.TaskCount;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A packed data set: {@link PackedFile}s, and {@value #FILE} with the classes in the order of their labels and the
 * files that can't be used. It lists as the data that it was packed from: same names, labels, parts, weights and
 * groups.
 */
public final class PackedSet {
    /** Written last: a set without it is unfinished. */
    public static final String FILE = "packed.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    private PackedSet() {}

    /**
     * The text of {@value #FILE}.
     *
     * @param files how many files there are
     * @param pictures how many rows they have
     * @param rejected what can't be used, besides what {@code of} already knows
     */
    public static String describe(Listing of, int files, long pictures, List<Rejection> rejected) {
        ObjectNode all = JSON.createObjectNode()
                .put("schema", 1)
                .put("files", files)
                .put("pictures", pictures)
                .put("species", of.species());
        of.classes().forEach(all.putArray("classes")::add);
        ArrayNode unused = all.putArray("rejected");
        for (List<Rejection> some : List.of(of.rejected(), rejected)) {
            for (Rejection r : some) {
                unused.addObject()
                        .put("path", r.path())
                        .put("reason", r.reason())
                        .put("counts", r.counts());
            }
        }
        return all.toString();
    }

    static boolean fits(PictureFolder folder) {
        return folder.has(FILE);
    }

    /** What {@value #FILE} says, and what reads the pictures. */
    private record Described(
            String root,
            int files,
            long pictures,
            List<String> classes,
            List<Rejection> rejected,
            boolean species,
            Source source) {}

    private static Described described(PictureFolder folder, String uri, Configuration configuration) {
        String text = String.join("\n", folder.lines(FILE));
        List<String> classes = new ArrayList<>();
        List<Rejection> rejected = new ArrayList<>();
        JsonNode all;
        try {
            all = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw damaged(uri, FILE + " that is not JSON");
        }
        int files = all.path("files").asInt();
        long pictures = all.path("pictures").asLong(-1);
        if (all.path("schema").asInt() != 1 || files < 1 || pictures < 0) {
            throw damaged(uri, "another " + FILE);
        }
        all.path("classes").forEach(c -> classes.add(c.asText()));
        all.path("rejected")
                .forEach(r -> rejected.add(new Rejection(
                        r.path("path").asText(),
                        r.path("reason").asText(),
                        r.path("counts").asBoolean())));
        String root;
        try {
            Path path = new Path(uri);
            root = path.getFileSystem(configuration).makeQualified(path).toString();
        } catch (IOException | RuntimeException e) {
            throw damaged(uri, Plain.reason(e.getMessage()));
        }
        return new Described(
                root,
                files,
                pictures,
                classes,
                rejected,
                all.path("species").asBoolean(),
                new PackedSource(root, files, Sha256.of(text), configuration));
    }

    /** The names of a packed set's pictures, and of the files that can't be used; tasks look at its files. */
    static Names names(PictureFolder folder, String uri, JavaSparkContext spark) {
        Described set = described(folder, uri, spark.hadoopConfiguration());
        SerializableConfiguration sent = new SerializableConfiguration(spark.hadoopConfiguration());
        String root = set.root();
        TaskCount.onDriver(Layouts.PROGRESS).expect(set.pictures());
        JavaRDD<Item> items =
                Names.items(spark, IntStream.range(0, set.files()).boxed().toList(), 0, (file, seen) -> {
                    try {
                        return rows(new Path(root, PackedFile.name(file)), sent.value(), seen).stream()
                                .map(row -> Item.picture(row.path()))
                                .toList();
                    } catch (RuntimeException e) {
                        throw damaged(uri, Plain.reason(e.getMessage()));
                    }
                });
        Names names = Names.of(
                set.rejected().isEmpty()
                        ? items
                        : items.union(spark.parallelize(
                                set.rejected().stream().map(Item::of).toList())),
                set.source());
        if (names.count() != set.pictures()) {
            names.close();
            throw damaged(uri, names.count() + " pictures instead of " + set.pictures());
        }
        return names;
    }

    /** Lists a packed set; its files are looked at in parallel, without the pictures' bytes. */
    static Listing list(PictureFolder folder, String uri, Configuration configuration) {
        Described set = described(folder, uri, configuration);
        Map<String, Integer> labels = ClassOrder.numbers(set.classes());
        try {
            TaskCount seen = TaskCount.onDriver(Layouts.PROGRESS);
            seen.expect(set.pictures());
            List<Entry> entries = IntStream.range(0, set.files())
                    .parallel()
                    .boxed()
                    .flatMap(f -> rows(new Path(set.root(), PackedFile.name(f)), configuration, seen).stream())
                    .map(r -> entry(r, labels, uri))
                    .sorted(Comparator.comparing(Entry::name))
                    .toList();
            seen.end();
            if (entries.size() != set.pictures()) {
                throw damaged(uri, entries.size() + " pictures instead of " + set.pictures());
            }
            return new Listing(set.classes(), entries, set.rejected(), set.source(), set.species());
        } catch (RuntimeException e) {
            if (e instanceof JobException ours) {
                throw ours;
            }
            throw damaged(uri, Plain.reason(e.getMessage()));
        }
    }

    private static List<PackedFile.Row> rows(Path file, Configuration configuration, TaskCount seen) {
        try {
            List<PackedFile.Row> rows = PackedFile.rows(file, configuration);
            seen.add(rows.size());
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(PackedFile.Row row, Map<String, Integer> labels, String uri) {
        Integer label = labels.get(row.label());
        if (label == null) {
            throw damaged(uri, row.path() + " of class " + row.label() + ", which " + FILE + " does not name");
        }
        return new Entry(row.path(), label, Official.valueOf(row.part()), row.weight(), row.group());
    }

    private static JobException damaged(String uri, String found) {
        return JobException.input(
                "expected a packed data set as softlabel pack writes it at --data %s, found %s; pack it again",
                uri, found);
    }
}
