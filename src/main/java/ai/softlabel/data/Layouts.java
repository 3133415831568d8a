package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

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
        PictureFolder folder = PictureFolder.of(uri, configuration);
        if (PackedSet.fits(folder)) {
            Listing packed = PackedSet.list(folder, uri, configuration);
            return new Listing(
                    List.of(),
                    packed.entries().stream()
                            .map(e -> new Entry(e.name(), UNKNOWN, Official.NONE))
                            .toList(),
                    packed.rejected(),
                    packed.source());
        }
        PictureFolder.Found found = folder.walk("");
        List<Entry> entries = found.pictures().stream()
                .map(name -> new Entry(name, UNKNOWN, Official.NONE))
                .toList();
        if (entries.isEmpty()) {
            throw JobException.input(
                    "expected pictures below --data %s, found none%s; check the path", uri, unusable(found.unusable()));
        }
        return new Listing(List.of(), entries, found.unusable(), folder.source());
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

    static Listing list(PictureFolder folder) {
        return PetsLayout.fits(folder) ? PetsLayout.list(folder) : FolderLayout.list(folder);
    }

    private static String unusable(List<Rejection> rejected) {
        return rejected.isEmpty()
                ? ""
                : String.format(
                        " that can be used, and %d that can't (such as %s: %s)",
                        rejected.size(), rejected.get(0).path(), rejected.get(0).reason());
    }
}
