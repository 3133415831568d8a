package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The layout of the Oxford-IIIT pets (Parkhi et al., "Cats and Dogs", 2012): pictures in {@code images/}, and in
 * {@code annotations/} the lists {@code trainval.txt}, {@code test.txt} and {@code list.txt} with lines {@code NAME
 * CLASS-ID SPECIES BREED-ID}, class ids from 1, lines that begin with # left out. One of the first two is enough. A
 * class is called what its pictures' names begin with, up to the last underscore.
 */
final class PetsLayout {
    private static final String IMAGES = "images";
    private static final String[] LISTS = {"annotations/trainval.txt", "annotations/test.txt", "annotations/list.txt"};

    private static final int LONGEST = 100;

    private final PictureFolder folder;
    private final Map<String, Line> lines = new LinkedHashMap<>();

    private record Line(String name, int id, String species, Official official, String where) {
        /** Whether the list says the species that the name's first letter says: 1 is a cat, 2 a dog. */
        boolean tellsSpecies() {
            return species.equals(Character.isUpperCase(name.charAt(0)) ? "1" : "2");
        }

        String breed() {
            return name.substring(0, Math.max(name.lastIndexOf('_'), 0));
        }
    }

    private PetsLayout(PictureFolder folder) {
        this.folder = folder;
    }

    static boolean fits(PictureFolder folder) {
        return folder.has(IMAGES) && (folder.has(LISTS[0]) || folder.has(LISTS[1]));
    }

    static Listing list(PictureFolder folder) {
        return new PetsLayout(folder).list(() -> folder.walk(IMAGES));
    }

    /** @param all what is anywhere in the folder */
    static Listing list(PictureFolder folder, PictureFolder.Found all) {
        return new PetsLayout(folder).list(() -> all.below(IMAGES));
    }

    /** @param walk tells what is in the folder of pictures; the lists are read first, for a wrong one is found soon */
    private Listing list(Supplier<PictureFolder.Found> walk) {
        read(LISTS[0], Official.TRAIN);
        read(LISTS[1], Official.TEST);
        read(LISTS[2], Official.NONE);
        TreeMap<Integer, String> breeds = breeds();
        Map<Integer, Integer> labels = new HashMap<>();
        breeds.keySet().forEach(id -> labels.put(id, labels.size()));
        PictureFolder.Found found = walk.get();
        Map<String, String> files = new HashMap<>();
        found.pictures().forEach(p -> files.putIfAbsent(stem(p), p));
        Map<String, Rejection> unusable = new HashMap<>();
        found.unusable().forEach(r -> unusable.putIfAbsent(stem(r.path()), r));
        List<Entry> entries = new ArrayList<>();
        List<Rejection> rejected = new ArrayList<>();
        for (Line line : lines.values()) {
            String file = files.get(line.name());
            if (file != null) {
                entries.add(new Entry(file, labels.get(line.id()), line.official()));
            } else if (unusable.containsKey(line.name())) {
                rejected.add(unusable.get(line.name()));
            } else {
                rejected.add(new Rejection(
                        IMAGES + "/" + line.name() + ".jpg", "named in " + line.where() + " but absent", true));
            }
        }
        for (String picture : found.pictures()) {
            if (!lines.containsKey(stem(picture)) || !picture.equals(files.get(stem(picture)))) {
                rejected.add(new Rejection(picture, "present but in no list", false));
            }
        }
        for (Rejection r : found.unusable()) {
            String stem = stem(r.path());
            if (!lines.containsKey(stem) || files.containsKey(stem) || !r.equals(unusable.get(stem))) {
                rejected.add(new Rejection(r.path(), r.reason(), false));
            }
        }
        return new Listing(List.copyOf(breeds.values()), entries, rejected, folder.source(), species());
    }

    /** Other data may have lists of this form: its names' capitals are of no species. */
    private boolean species() {
        return lines.values().stream().allMatch(Line::tellsSpecies);
    }

    private void read(String list, Official official) {
        if (!folder.has(list)) {
            return;
        }
        int number = 0;
        for (String text : folder.lines(list)) {
            number++;
            if (!text.isBlank() && !text.startsWith("#")) {
                add(parse(text, official, list, number));
            }
        }
    }

    private Line parse(String text, Official official, String list, int number) {
        String[] fields = text.trim().split("\\s+");
        if (fields.length < 2 || !fields[1].matches("[1-9][0-9]{0,5}")) {
            throw JobException.input(
                    "expected NAME CLASS-ID SPECIES BREED-ID in line %d of %s, found \"%s\"; correct the list",
                    number, list, shown(text));
        }
        return new Line(fields[0], Integer.parseInt(fields[1]), fields.length > 2 ? fields[2] : "", official, list);
    }

    private void add(Line line) {
        Line before = lines.putIfAbsent(line.name(), line);
        if (before == null) {
            return;
        }
        if (before.id() != line.id()) {
            throw JobException.input(
                    "expected one class for %s, found %d in %s and %d in %s; correct the lists",
                    shown(line.name()), before.id(), before.where(), line.id(), line.where());
        }
        if (line.official() == Official.TEST && before.official() == Official.TRAIN) {
            throw JobException.input(
                    "expected %s in one of trainval.txt and test.txt, found it in both; correct the lists",
                    shown(line.name()));
        }
    }

    /** The classes' names by id; ids need not be without gaps. */
    private TreeMap<Integer, String> breeds() {
        TreeMap<Integer, String> names = new TreeMap<>();
        Map<String, Integer> ids = new HashMap<>();
        for (Line line : lines.values()) {
            String breed = line.breed().isEmpty() ? "class-" + line.id() : line.breed();
            String other = names.putIfAbsent(line.id(), breed);
            Integer id = ids.putIfAbsent(breed, line.id());
            if ((other != null && !other.equals(breed)) || (id != null && id != line.id())) {
                throw JobException.input(
                        "expected one class id for each breed, found %s with class %d in %s against %s with class %d; correct the lists",
                        shown(breed),
                        line.id(),
                        line.where(),
                        shown(other == null ? breed : other),
                        id == null ? line.id() : id);
            }
        }
        return names;
    }

    /** As much of a text as a line can show. */
    private static String shown(String text) {
        String line = Plain.text(text);
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
    }

    private static String stem(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        return file.lastIndexOf('.') < 0 ? file : file.substring(0, file.lastIndexOf('.'));
    }
}
