package ai.softlabel.data;

import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A folder for each class, as torchvision's {@code ImageFolder} reads: {@code CLASS/**}{@code /picture.jpg}, the
 * classes in the order of their names; or the same below {@code train/}, {@code test/} and {@code val/}, where all
 * folders with pictures are such parts. Beside other folders, {@code train} is a class like them, unless it holds
 * folders of pictures itself: that is refused, for either reading would drop pictures. {@code val/} is for testing
 * where there is no {@code test/}.
 */
final class FolderLayout {
    private final PictureFolder.Found found;
    private final PictureFolder folder;
    private final List<Rejection> rejected = new ArrayList<>();

    private FolderLayout(PictureFolder folder) {
        this.folder = folder;
        this.found = folder.walk("");
    }

    static Listing list(PictureFolder folder) {
        return new FolderLayout(folder).list();
    }

    private Listing list() {
        Map<String, Official> parts = PartFolders.of(folder, found);
        // How many parts of a path come before its class.
        int above = parts.isEmpty() ? 0 : 1;
        TreeMap<String, Integer> labels = new TreeMap<>();
        for (String path : found.paths()) {
            String name = part(path, above);
            if (name != null) {
                labels.put(name, 0);
            }
        }
        List<String> classes = List.copyOf(labels.keySet());
        for (int i = 0; i < classes.size(); i++) {
            labels.put(classes.get(i), i);
        }
        List<Entry> entries = new ArrayList<>();
        for (String picture : found.pictures()) {
            String name = part(picture, above);
            if (name == null) {
                rejected.add(new Rejection(picture, "in no class's folder", false));
            } else {
                Official official = above == 0 ? Official.NONE : parts.get(part(picture, 0));
                entries.add(new Entry(picture, labels.get(name), official));
            }
        }
        for (Rejection r : found.unusable()) {
            boolean loose = part(r.path(), above) == null
                    && r.path().lastIndexOf('.') > r.path().lastIndexOf('/');
            rejected.add(new Rejection(r.path(), r.reason(), !loose));
        }
        // Class by class, as a class's pictures may lie in several parts.
        List<List<Entry>> byClass = new ArrayList<>();
        classes.forEach(c -> byClass.add(new ArrayList<>()));
        entries.forEach(e -> byClass.get(e.label()).add(e));
        entries.clear();
        byClass.forEach(entries::addAll);
        withoutPictures(above);
        return new Listing(classes, entries, rejected, folder.source());
    }

    /** The folder at a depth of a path, or null where the path has no folder there. */
    static String part(String path, int depth) {
        int to = end(path, depth);
        return to < 0 ? null : path.substring(path.lastIndexOf('/', to - 1) + 1, to);
    }

    /** Folders where a class would be, without anything that is or would be a picture. */
    private void withoutPictures(int above) {
        Set<String> with = new HashSet<>();
        for (String path : found.paths()) {
            for (int depth = 0; depth <= above; depth++) {
                int end = end(path, depth);
                if (end > 0) {
                    with.add(path.substring(0, end));
                }
            }
        }
        for (String name : found.folders()) {
            long depth = name.chars().filter(c -> c == '/').count();
            if (depth <= above && !with.contains(name)) {
                rejected.add(new Rejection(name + "/", "a folder without pictures, so no class", false));
            }
        }
    }

    /** Where the folder at a depth of a path ends, or -1. */
    private static int end(String path, int depth) {
        int end = -1;
        for (int i = 0; i <= depth; i++) {
            end = path.indexOf('/', end + 1);
            if (end < 0) {
                return -1;
            }
        }
        return end;
    }
}
