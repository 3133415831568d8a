package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Finds out how a folder is laid out, and lists it. */
public final class Layouts {
    private Layouts() {}

    /** The name under which listing counts the files and folders that it sees, or a packed set's pictures. */
    public static final String PROGRESS = "list";

    /** The label of a picture whose class is not known. */
    public static final int UNKNOWN = -1;

    /**
     * Lists every picture below a folder, whatever its layout; or the built-in sample's.
     *
     * @param uri a path, a URI of any Hadoop file system, or null for the built-in sample
     * @throws JobException where there is nothing to list
     */
    public static Names names(String uri, JavaSparkContext spark) {
        if (uri == null) {
            Listing sample = BuiltInSample.listing();
            return Names.of(
                    spark.parallelize(sample.entries().stream()
                            .map(Entry::name)
                            .map(Item::picture)
                            .toList()),
                    sample.source());
        }
        PictureFolder folder = PictureFolder.of(uri, spark.hadoopConfiguration());
        Names names = PackedSet.fits(folder) ? PackedSet.names(folder, uri, spark) : Names.of(folder, spark);
        if (names.count() == 0) {
            names.close();
            throw noPicture(uri, names.example(), names.rejected());
        }
        return names;
    }

    private static JobException noPicture(String uri, Rejection example, long rejected) {
        return JobException.input(
                "expected pictures below --data %s, found none%s; check the path", uri, unusable(example, rejected));
    }

    private static Listing unlabelled(Listing packed) {
        return new Listing(
                List.of(),
                packed.entries().stream()
                        .map(e -> new Entry(e.name(), UNKNOWN, Official.NONE))
                        .toList(),
                packed.rejected(),
                packed.source());
    }

    private static Listing unlabelled(String uri, PictureFolder folder, PictureFolder.Found found) {
        List<Entry> entries = found.pictures().stream()
                .map(name -> new Entry(name, UNKNOWN, Official.NONE))
                .toList();
        if (entries.isEmpty()) {
            throw noPicture(uri, first(found.unusable()), found.unusable().size());
        }
        return new Listing(List.of(), entries, found.unusable(), folder.source());
    }

    /**
     * Reads pictures below a folder by their paths, of whatever layout.
     *
     * @throws JobException where there is no folder
     */
    public static Source source(String uri, Configuration configuration) {
        return PictureFolder.of(uri, configuration).source();
    }

    /** Whether a file's ending says that it is a picture, of a format that is read or of another. */
    public static boolean picture(String file) {
        Endings.Type type = Endings.of(file);
        return type == Endings.Type.PICTURE || type == Endings.Type.FOREIGN;
    }

    /**
     * Lists a folder of pictures, or the built-in sample.
     *
     * @param uri a path, a URI of any Hadoop file system, or null for the built-in sample
     * @throws JobException where there is nothing to list
     */
    public static Listing list(String uri, Configuration configuration) {
        if (uri == null) {
            return BuiltInSample.listing();
        }
        PictureFolder folder = PictureFolder.of(uri, configuration);
        Listing listing = PackedSet.fits(folder) ? PackedSet.list(folder, uri, configuration) : list(folder);
        if (listing.entries().isEmpty()) {
            throw JobException.input(
                    "expected images/ with annotations/trainval.txt or test.txt, a folder of pictures for each class, or a packed set, at --data %s,"
                            + " found no picture in either layout%s; check the path",
                    uri, unusable(listing.rejected()));
        }
        return listing;
    }

    /**
     * Lists pictures with labels from anywhere.
     *
     * @param uri a path, a URI of any Hadoop file system, or null for the built-in sample
     * @throws JobException where there is nothing to list
     */
    public static Listing list(String uri, LabelSource labels, SparkSession session) {
        Configuration configuration = session.sparkContext().hadoopConfiguration();
        // Read first: a file that is missing is known before a large folder was walked.
        List<String> order = labels.classes() == null ? null : ClassOrder.read(labels.classes(), configuration);
        Listing listing = labelled(uri, labels, session, configuration);
        listing = order == null ? listing : ClassOrder.apply(listing, order, labels.classes());
        if (listing.entries().isEmpty()) {
            throw JobException.input(
                    "expected pictures with a label at --data %s, found none%s; correct the labels",
                    uri == null ? "built-in" : uri, unusable(listing.rejected()));
        }
        return listing;
    }

    private static Listing labelled(String uri, LabelSource labels, SparkSession session, Configuration configuration) {
        if (labels.pattern() != null) {
            Placed placed = placed(uri, configuration);
            return PatternLabels.listing(labels.pattern(), placed.pictures(), placed.parts());
        }
        if (labels.file() == null && labels.table() == null) {
            return list(uri, configuration);
        }
        LabelTable.Lines lines = LabelTable.read(labels, session);
        Placed placed = placed(uri, configuration);
        return new TableLabels(labels.name(), lines, labels.separator(), placed.pictures(), placed.parts()).listing();
    }

    /**
     * All pictures, their classes not known.
     *
     * @param parts in which part the folder itself puts them, by the pets' lists or by folders such as train/
     */
    private record Placed(Listing pictures, Map<String, Official> parts) {}

    /** Looks at the folder once, for its names and for its parts. */
    private static Placed placed(String uri, Configuration configuration) {
        if (uri == null) {
            Listing sample = BuiltInSample.listing();
            return new Placed(sample, officials(sample));
        }
        PictureFolder folder = PictureFolder.of(uri, configuration);
        if (PackedSet.fits(folder)) {
            Listing packed = PackedSet.list(folder, uri, configuration);
            return new Placed(unlabelled(packed), officials(packed));
        }
        PictureFolder.Found found = folder.walk("");
        Listing pictures = unlabelled(uri, folder, found);
        return new Placed(
                pictures,
                PetsLayout.fits(folder)
                        ? officials(PetsLayout.list(folder, found))
                        : PartFolders.ofPictures(found.pictures()));
    }

    private static Map<String, Official> officials(Listing listing) {
        Map<String, Official> parts = new HashMap<>();
        listing.entries().forEach(e -> parts.put(e.name(), e.official()));
        return parts;
    }

    static Listing list(PictureFolder folder) {
        return PetsLayout.fits(folder) ? PetsLayout.list(folder) : FolderLayout.list(folder);
    }

    /** The first that counts, where one does; null where there is none. */
    private static Rejection first(List<Rejection> rejected) {
        return rejected.stream()
                .filter(Rejection::counts)
                .findFirst()
                .orElse(rejected.isEmpty() ? null : rejected.get(0));
    }

    private static String unusable(List<Rejection> rejected) {
        return unusable(first(rejected), rejected.size());
    }

    private static String unusable(Rejection example, long rejected) {
        return rejected == 0
                ? ""
                : String.format(
                        " that can be used, and %d that can't (such as %s: %s)",
                        rejected, example.path(), example.reason());
    }
}
