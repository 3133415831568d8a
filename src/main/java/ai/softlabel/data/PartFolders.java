package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.data.Listing.Official;
import java.util.EnumMap;
import java.util.List;
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

    /** Pictures in the parts of their folders at the root; as they are unless each of these is a part's. */
    static Bag<Outcome> placed(Bag<Outcome> pictures) {
        Map<String, Official> parts = pictures.sum(Tops::new).parts();
        return parts.isEmpty()
                ? pictures
                : pictures.each(o -> List.of(
                        o.used()
                                ? o.in(parts.get(FolderLayout.part(o.name(), 0)).name())
                                : o));
    }

    /** What is learnt of pictures whose folders at the root may be parts. */
    private static final class Tops implements Bag.Sum<Outcome, Tops> {
        private static final long serialVersionUID = 1;

        private final Set<String> tops = new TreeSet<>();
        private boolean other;

        @Override
        public void add(Outcome outcome) {
            if (outcome.used()) {
                String top = FolderLayout.part(outcome.name(), 0);
                if (top == null || named(top) == null) {
                    other = true;
                } else {
                    tops.add(top);
                }
            }
        }

        @Override
        public void plus(Tops more) {
            tops.addAll(more.tops);
            other |= more.other;
        }

        /** The parts by their folders' names, or nothing unless each picture is in a part's folder. */
        Map<String, Official> parts() {
            Map<String, Official> parts = new TreeMap<>();
            if (!other) {
                tops.forEach(top -> parts.put(top, named(top)));
                if (!parts.containsValue(Official.TEST)) {
                    parts.replaceAll((name, part) -> part == Official.VALIDATION ? Official.TEST : part);
                }
            }
            return parts;
        }
    }

    /**
     * The parts by their folders' names, or none where the folders are classes.
     *
     * @throws JobException of status 3 where the folders may be read as either
     */
    static Map<String, Official> of(PictureFolder folder, TopFolders found) {
        Set<String> tops = found.tops();
        Map<String, String> nested = new TreeMap<>();
        for (String top : tops) {
            if (NAMES.containsKey(top.toLowerCase(Locale.ROOT)) && found.nested(top) != null) {
                nested.put(top, found.nested(top));
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
