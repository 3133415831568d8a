package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.data.Listing.Official;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Whether the folders at the root are parts, such as {@code train/}, that hold the classes' folders. */
final class PartFolders {
    /** Names of parts, in small letters. */
    private static final Map<String, Official> NAMES = Map.of(
            "train",
            Official.TRAIN,
            "training",
            Official.TRAIN,
            "val",
            Official.VALIDATION,
            "valid",
            Official.VALIDATION,
            "validation",
            Official.VALIDATION,
            "test",
            Official.TEST,
            "testing",
            Official.TEST);

    private PartFolders() {}

    /** The part of this name, or null. */
    static Official named(String name) {
        return NAMES.get(name.toLowerCase(Locale.ROOT));
    }

    /** The part of each picture by its folder at the root, or nothing unless each of these is a part's. */
    static Map<String, Official> ofPictures(java.util.List<String> pictures) {
        Map<String, Official> parts = new TreeMap<>();
        for (String picture : pictures) {
            String top = FolderLayout.part(picture, 0);
            Official part = top == null ? null : named(top);
            if (part == null) {
                return Map.of();
            }
            parts.put(picture, part);
        }
        if (!parts.containsValue(Official.TEST)) {
            parts.replaceAll((name, part) -> part == Official.VALIDATION ? Official.TEST : part);
        }
        return parts;
    }

    /**
     * The parts by their folders' names, or none where the folders are classes.
     *
     * @throws JobException of status 3 where the folders may be read as either
     */
    static Map<String, Official> of(PictureFolder folder, PictureFolder.Found found) {
        Set<String> tops = new TreeSet<>();
        Map<String, String> nested = new TreeMap<>();
        for (String path : found.paths()) {
            String top = FolderLayout.part(path, 0);
            if (top != null) {
                tops.add(top);
                if (NAMES.containsKey(top.toLowerCase(Locale.ROOT)) && FolderLayout.part(path, 1) != null) {
                    nested.putIfAbsent(top, path);
                }
            }
        }
        Map<String, Official> parts = new TreeMap<>();
        tops.stream()
                .filter(t -> NAMES.containsKey(t.toLowerCase(Locale.ROOT)))
                .forEach(t -> parts.put(t, NAMES.get(t.toLowerCase(Locale.ROOT))));
        tops.removeAll(parts.keySet());
        if (parts.isEmpty() || !tops.isEmpty() && nested.isEmpty()) {
            return Map.of();
        }
        String first = parts.keySet().iterator().next();
        if (!tops.isEmpty()) {
            String of = nested.keySet().iterator().next();
            throw JobException.input(
                    "expected a folder for each class, or train/, val/ and test/ with one for each class in them and nothing beside them, at --data %s,"
                            + " found %s/ with folders of pictures in it (%s) beside %s/; move one of the two away",
                    folder, of, nested.get(of), tops.iterator().next());
        }
        if (nested.isEmpty()) {
            throw JobException.input(
                    "expected a folder for each class below %s/ at --data %s, found pictures directly in it; put each class's pictures in a folder of its own",
                    first, folder);
        }
        Map<Official, String> names = new EnumMap<>(Official.class);
        parts.forEach((name, part) -> {
            String other = names.putIfAbsent(part, name);
            if (other != null) {
                throw JobException.input(
                        "expected one folder for each part at --data %s, found %s/ and %s/; move one of them away",
                        folder, other, name);
            }
        });
        if (!names.containsKey(Official.TEST) && names.containsKey(Official.VALIDATION)) {
            parts.put(names.get(Official.VALIDATION), Official.TEST);
        }
        return parts;
    }
}
