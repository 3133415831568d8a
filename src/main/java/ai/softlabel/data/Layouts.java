package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import java.util.List;
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
            Labelling sample = BuiltInSample.list(new DriverLister());
            return Names.of(
                    spark.parallelize(sample.outcomes()
                            .each(o -> List.of(Item.picture(o.name())))
                            .toList()),
                    sample.source());
        }
        PictureFolder folder = PictureFolder.of(uri, spark.hadoopConfiguration());
        Names names = PackedSet.fits(folder) ? PackedSet.names(folder, uri, spark) : Names.of(folder, "", spark);
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
        return laidOut(uri, configuration, new DriverLister()).labelling().listing();
    }

    /**
     * Lists pictures with labels from anywhere.
     *
     * @param uri a path, a URI of any Hadoop file system, or null for the built-in sample
     * @throws JobException where there is nothing to list
     */
    public static Listing list(String uri, LabelSource labels, SparkSession session) {
        return labelled(uri, labels, session, new DriverLister()).labelling().listing();
    }

    /** The same by tasks, on the executors; of pictures that have a class each. */
    public static LabelledNames labelledNames(String uri, LabelSource labels, SparkSession session) {
        TaskLister lister = new TaskLister(JavaSparkContext.fromSparkContext(session.sparkContext()));
        boolean done = false;
        try {
            Counted found = labelled(uri, labels, session, lister);
            LabelledNames names = new LabelledNames(found.labelling(), found.outcomes(), lister);
            done = true;
            return names;
        } finally {
            if (!done) {
                lister.close();
            }
        }
    }

    /** What data holds, and how many of each there are: counted once, for that goes over all names. */
    private record Counted(Labelling labelling, Outcomes outcomes) {
        static Counted of(Labelling labelling) {
            return new Counted(labelling, labelling.counted());
        }
    }

    private static Counted labelled(String uri, LabelSource labels, SparkSession session, Lister lister) {
        Configuration configuration = session.sparkContext().hadoopConfiguration();
        // Read first: a file that is missing is known before a large folder was walked.
        List<String> order = labels.classes() == null ? null : ClassOrder.read(labels.classes(), configuration);
        Labelling own = null;
        if (labels.pattern() != null) {
            own = PatternLabels.list(labels.pattern(), placed(uri, configuration, lister));
        } else if (labels.file() != null || labels.table() != null) {
            LabelTable.Lines lines = LabelTable.read(labels, session, lister);
            Labelling pictures = placed(uri, configuration, lister);
            own = new TableLabels(labels.name(), lines, labels.separator(), pictures).list();
        }
        Counted laidOut = own == null ? laidOut(uri, configuration, lister) : null;
        if (laidOut != null && order == null) {
            return laidOut;
        }
        own = own == null ? laidOut.labelling() : own;
        Counted found = Counted.of(order == null ? own : ClassOrder.apply(own, order, labels.classes()));
        Outcomes all = found.outcomes();
        if (all.used() == 0) {
            throw JobException.input(
                    "expected pictures with a label at --data %s, found none%s; correct the labels",
                    uri == null ? "built-in" : uri, unusable(all.example(), all.rejected()));
        }
        return found;
    }

    private static Counted laidOut(String uri, Configuration configuration, Lister lister) {
        if (uri == null) {
            return Counted.of(BuiltInSample.list(lister));
        }
        PictureFolder folder = PictureFolder.of(uri, configuration);
        Counted found = Counted.of(
                PackedSet.fits(folder) ? PackedSet.list(folder, uri, configuration, lister) : laidOut(folder, lister));
        Outcomes all = found.outcomes();
        if (all.used() == 0) {
            throw JobException.input(
                    "expected images/ with annotations/trainval.txt or test.txt, a folder of pictures for each class, or a packed set, at --data %s,"
                            + " found no picture in either layout%s; check the path",
                    uri, unusable(all.example(), all.rejected()));
        }
        return found;
    }

    static Listing list(PictureFolder folder) {
        return laidOut(folder, new DriverLister()).listing();
    }

    private static Labelling laidOut(PictureFolder folder, Lister lister) {
        return PetsLayout.fits(folder) ? PetsLayout.list(folder, lister) : FolderLayout.list(folder, lister);
    }

    /**
     * All pictures without classes, in the parts in which the folder itself puts them: by the pets' lists, or by
     * folders such as train/. The folder is looked at once, for its names and for its parts.
     */
    private static Labelling placed(String uri, Configuration configuration, Lister lister) {
        if (uri == null) {
            return BuiltInSample.list(lister);
        }
        PictureFolder folder = PictureFolder.of(uri, configuration);
        if (PackedSet.fits(folder)) {
            Labelling packed = PackedSet.list(folder, uri, configuration, lister);
            return Labelling.unlabelled(packed.outcomes(), packed.source(), packed.order());
        }
        Bag<Item> items = lister.items(folder, "");
        Labelling pictures = Labelling.unlabelled(items.each(Outcome::unlabelled), folder.source(), new Order(true));
        Outcomes all = pictures.counted();
        if (all.used() == 0) {
            throw noPicture(uri, all.example(), all.rejected());
        }
        Bag<Outcome> placed = PetsLayout.fits(folder)
                ? pictures.outcomes()
                        .joined(
                                Outcome::name,
                                PetsLayout.list(folder, lister, items).outcomes(),
                                Outcome::name,
                                Layouts::placed)
                : PartFolders.placed(pictures.outcomes());
        return Labelling.unlabelled(placed, pictures.source(), pictures.order());
    }

    /** @param listed what the pets' lists say of a picture, or nothing */
    private static List<Outcome> placed(List<Outcome> pictures, List<Outcome> listed) {
        if (pictures.isEmpty() || listed.isEmpty() || !listed.get(0).used()) {
            return pictures;
        }
        return pictures.stream().map(o -> o.in(listed.get(0).row().part())).toList();
    }

    private static String unusable(Rejection example, long rejected) {
        return rejected == 0
                ? ""
                : String.format(
                        " that can be used, and %d that can't (such as %s: %s)",
                        rejected, example.path(), example.reason());
    }
}
