package ai.softlabel.data;

import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A folder for each class, as torchvision's {@code ImageFolder} reads: {@code CLASS/**}{@code /picture.jpg}, the
 * classes in the order of their names; or the same below {@code train/} and {@code test/} (or {@code val/}).
 */
final class FolderLayout {
    private static final List<String> TESTS = List.of("test", "val", "valid", "validation");

    private FolderLayout() {}

    static Listing list(Folder folder, Source source) {
        List<String> top = folder.folders("");
        String test = TESTS.stream().filter(top::contains).findFirst().orElse(null);
        boolean parted = top.contains("train") || (test != null && top.size() == 1);
        Map<String, List<Entry>> found = new TreeMap<>();
        if (!parted) {
            collect(folder, "", Official.NONE, found);
        } else {
            if (top.contains("train")) {
                collect(folder, "train", Official.TRAIN, found);
            }
            if (test != null) {
                collect(folder, test, Official.TEST, found);
            }
        }
        List<String> classes = List.copyOf(found.keySet());
        List<Entry> entries = new ArrayList<>();
        found.forEach((name, pictures) ->
                pictures.forEach(p -> entries.add(new Entry(p.name(), classes.indexOf(name), p.official()))));
        return new Listing(classes, entries, List.of(), source);
    }

    private static void collect(Folder folder, String below, Official official, Map<String, List<Entry>> found) {
        for (String name : folder.folders(below)) {
            String path = below.isEmpty() ? name : below + "/" + name;
            List<String> pictures = folder.pictures(path);
            if (!pictures.isEmpty()) {
                List<Entry> entries = found.computeIfAbsent(name, n -> new ArrayList<>());
                pictures.forEach(p -> entries.add(new Entry(p, 0, official)));
            }
        }
    }
}
