package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.Rejection;
import ai.softlabel.Sha256;
import ai.softlabel.spark.TaskCount;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
    private static final Set<String> PARTS =
            Arrays.stream(Listing.Official.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());

    private PackedSet() {}

    /**
     * Writes the text of {@value #FILE}.
     *
     * @param classes the classes' names, by label
     * @param species see {@link Listing#species}
     * @param files how many files there are
     * @param pictures how many rows they have
     * @param rejected what can't be used
     */
    public static void describe(
            OutputStream out,
            List<String> classes,
            boolean species,
            int files,
            long pictures,
            List<Iterator<Rejection>> rejected)
            throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeNumberField("schema", 1);
            json.writeNumberField("files", files);
            json.writeNumberField("pictures", pictures);
            json.writeBooleanField("species", species);
            json.writeArrayFieldStart("classes");
            for (String name : classes) {
                json.writeString(name);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("rejected");
            for (Iterator<Rejection> some : rejected) {
                while (some.hasNext()) {
                    Rejection r = some.next();
                    json.writeStartObject();
                    json.writeStringField("path", r.path());
                    json.writeStringField("reason", r.reason());
                    json.writeBooleanField("counts", r.counts());
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
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
        JavaRDD<Item> items = Names.expanded(
                spark,
                IntStream.range(0, set.files()).boxed().toList(),
                0,
                (file, seen) -> rows(root, file, sent, seen, uri).stream()
                        .map(row -> Item.picture(row.path()))
                        .toList(),
                Item::failed);
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
    static Labelling list(PictureFolder folder, String uri, Configuration configuration, Lister lister) {
        Described set = described(folder, uri, configuration);
        Set<String> classes = new HashSet<>(set.classes());
        TaskCount.onDriver(Layouts.PROGRESS).expect(set.pictures());
        SerializableConfiguration sent = new SerializableConfiguration(configuration);
        String root = set.root();
        Bag<Outcome> pictures = lister.expanded(
                IntStream.range(0, set.files()).boxed().toList(),
                (file, seen) -> rows(root, file, sent, seen, uri).stream()
                        .map(row -> outcome(row, classes, uri))
                        .toList(),
                Outcome::failed);
        Order order = new Order(false);
        Outcomes found = pictures.sum(() -> new Outcomes(order)).requireListed();
        if (found.used() != set.pictures()) {
            throw damaged(uri, found.used() + " pictures instead of " + set.pictures());
        }
        List<Outcome> rejected = new ArrayList<>();
        set.rejected().forEach(r -> rejected.add(Outcome.of(0, rejected.size(), r)));
        return new Labelling(
                set.classes(), pictures.plus(lister.of(rejected)), set.source(), set.species(), order, null);
    }

    private static List<PackedFile.Row> rows(
            String root, int file, SerializableConfiguration configuration, TaskCount seen, String uri) {
        try {
            List<PackedFile.Row> rows = PackedFile.rows(new Path(root, PackedFile.name(file)), configuration.value());
            seen.add(rows.size());
            return rows;
        } catch (IOException | RuntimeException e) {
            throw damaged(uri, Plain.reason(e.getMessage()));
        }
    }

    private static Outcome outcome(PackedFile.Row row, Set<String> classes, String uri) {
        if (!classes.contains(row.label())) {
            throw damaged(uri, row.path() + " of class " + row.label() + ", which " + FILE + " does not name");
        }
        if (!PARTS.contains(row.part())) {
            throw damaged(uri, row.path() + " of the part " + row.part());
        }
        return Outcome.of(0, row);
    }

    private static JobException damaged(String uri, String found) {
        return JobException.input(
                "expected a packed data set as softlabel pack writes it at --data %s, found %s; pack it again",
                uri, found);
    }
}
