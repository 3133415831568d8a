package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;

/** Finds out how a folder is laid out, and lists it. */
public final class Layouts {
    private Layouts() {}

    /** The label of a picture whose class is not known. */
    public static final int UNKNOWN = -1;

    /**
     * Lists every picture below a folder, whatever its layout, its class not known; or the built-in sample's.
     *
     * @param uri a path, a URI of any Hadoop file system, or null for the built-in sample
     * @throws JobException where there is nothing to list
     */
    public static Listing pictures(String uri, Configuration configuration) {
        if (uri == null) {
            return BuiltInSample.listing();
        }
        Folder folder = new Folder(uri, configuration);
        Source source = new HadoopSource(folder.toString(), new SerializableConfiguration(configuration));
        List<Entry> entries = folder.pictures("").stream()
                .map(name -> new Entry(name, UNKNOWN, Official.NONE))
                .toList();
        if (entries.isEmpty()) {
            throw JobException.input("expected pictures below --data %s, found none; check the path", uri);
        }
        return new Listing(List.of(), entries, List.of(), source);
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
        Folder folder = new Folder(uri, configuration);
        Source source = new HadoopSource(folder.toString(), new SerializableConfiguration(configuration));
        Listing listing = PetsLayout.fits(folder) ? PetsLayout.list(folder, source) : FolderLayout.list(folder, source);
        if (listing.entries().isEmpty()) {
            throw JobException.input(
                    "expected images/ with annotations/trainval.txt or test.txt, or a folder of pictures for each class, at --data %s,"
                            + " found no picture in either layout; check the path",
                    uri);
        }
        return listing;
    }
}
