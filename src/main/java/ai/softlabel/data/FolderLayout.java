package ai.softlabel.data;

import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Official;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A folder for each class, as torchvision's {@code ImageFolder} reads: {@code CLASS/**}{@code /picture.jpg}, the
 * classes in the order of their names; or the same below {@code train/}, {@code test/} and {@code val/}, where all
 * folders with pictures are such parts. Beside other folders, {@code train} is a class like them, unless it holds
 * folders of pictures itself: that is refused, for either reading would drop pictures. {@code val/} is for testing
 * where there is no {@code test/}.
 */
final class FolderLayout {
    private FolderLayout() {}

    static Labelling list(PictureFolder folder, Lister lister) {
        Bag<Item> items = lister.items(folder, "");
        TopFolders tops = items.sum(TopFolders::new);
        Map<String, Official> parts = PartFolders.of(folder, tops);
        // How many parts of a path come before its class.
        int above = parts.isEmpty() ? 0 : 1;
        List<String> classes = List.copyOf(tops.at(above));
        Map<String, Integer> labels = ClassOrder.numbers(classes);
        TreeSet<String> with = tops.with();
        Bag<Outcome> outcomes = items.each(item -> {
            if (item.folder()) {
                return withoutPictures(item.path(), above, with);
            }
            return List.of(item.picture() ? picture(item.path(), above, labels, parts) : unusable(item, above));
        });
        return new Labelling(classes, outcomes, folder.source(), false, new Order(true), null);
    }

    /** Class by class, as a class's pictures may lie in several parts. */
    private static Outcome picture(String path, int above, Map<String, Integer> labels, Map<String, Official> parts) {
        String name = part(path, above);
        if (name == null) {
            return Outcome.of(0, 0, new Rejection(path, "in no class's folder", false));
        }
        Official official = above == 0 ? Official.NONE : parts.get(part(path, 0));
        return Outcome.of(labels.get(name), new PackedFile.Row(path, name, official.name(), 1, null));
    }

    private static Outcome unusable(Item item, int above) {
        boolean loose = part(item.path(), above) == null
                && item.path().lastIndexOf('.') > item.path().lastIndexOf('/');
        return Outcome.of(1, 0, new Rejection(item.path(), item.problem(), !loose));
    }

    /** A folder where a class would be, without anything that is or would be a picture. */
    private static List<Outcome> withoutPictures(String folder, int above, Set<String> with) {
        long depth = folder.chars().filter(c -> c == '/').count();
        return depth > above || with.contains(folder)
                ? List.of()
                : List.of(
                        Outcome.of(2, 0, new Rejection(folder + "/", "a folder without pictures, so no class", false)));
    }

    /** The folder at a depth of a path, or null where the path has no folder there. */
    static String part(String path, int depth) {
        int to = end(path, depth);
        return to < 0 ? null : path.substring(path.lastIndexOf('/', to - 1) + 1, to);
    }

    /** Where the folder at a depth of a path ends, or -1. */
    static int end(String path, int depth) {
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
