package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.data.Listing.Official;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The lists of the pets' layout, {@code trainval.txt}, {@code test.txt} and {@code list.txt} in {@code annotations/}:
 * lines {@code NAME CLASS-ID SPECIES BREED-ID}, class ids from 1, lines that begin with # left out. A class is called
 * what its pictures' names begin with, up to the last underscore.
 */
final class PetsLists {
    static final String TRAIN = "annotations/trainval.txt";
    static final String TEST = "annotations/test.txt";
    private static final String ALL = "annotations/list.txt";

    private static final int LONGEST = 100;

    private final PictureFolder folder;
    private final Map<String, Line> lines = new LinkedHashMap<>();

    private PetsLists(PictureFolder folder) {
        this.folder = folder;
    }

    /**
     * A picture in the lists.
     *
     * @param number counts all lists' pictures from 0
     * @param name of its file, without folder and ending; null where the lists can't be used, for {@code where}
     * @param where the list that named it first
     */
    record Line(int number, String name, int id, String species, Official official, String where)
            implements Serializable {
        /** What a task has in place of lists that can't be used. */
        static Line failed(JobException e) {
            return new Line(0, null, 0, "", Official.NONE, e.getMessage());
        }

        /** Whether the list says the species that the name's first letter says: 1 is a cat, 2 a dog. */
        boolean tellsSpecies() {
            return species.equals(Character.isUpperCase(name.charAt(0)) ? "1" : "2");
        }

        String breed() {
            String breed = name.substring(0, Math.max(name.lastIndexOf('_'), 0));
            return breed.isEmpty() ? "class-" + id : breed;
        }
    }

    /** @throws JobException of status 3 where the lists contradict each other, or have other lines */
    static List<Line> read(PictureFolder folder) {
        PetsLists lists = new PetsLists(folder);
        lists.read(TRAIN, Official.TRAIN);
        lists.read(TEST, Official.TEST);
        lists.read(ALL, Official.NONE);
        lists.requireOneIdForEachBreed();
        return new ArrayList<>(lists.lines.values());
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
        return new Line(
                lines.size(),
                fields[0],
                Integer.parseInt(fields[1]),
                fields.length > 2 ? fields[2] : "",
                official,
                list);
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

    private void requireOneIdForEachBreed() {
        Map<Integer, String> names = new HashMap<>();
        Map<String, Integer> ids = new HashMap<>();
        for (Line line : lines.values()) {
            String breed = line.breed();
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
    }

    /** As much of a text as a line can show. */
    private static String shown(String text) {
        String line = Plain.text(text);
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
    }

    /** What all lines say together. */
    static final class Breeds implements Bag.Sum<Line, Breeds> {
        private static final long serialVersionUID = 1;

        private final TreeMap<Integer, String> names = new TreeMap<>();
        private boolean species = true;
        private String problem;

        @Override
        public void add(Line line) {
            if (line.name() == null) {
                problem = line.where();
            } else {
                names.put(line.id(), line.breed());
                species &= line.tellsSpecies();
            }
        }

        @Override
        public void plus(Breeds other) {
            names.putAll(other.names);
            species &= other.species;
            problem = problem == null ? other.problem : problem;
        }

        /** The classes' names in the order of their ids, which need not be without gaps. */
        List<String> classes() {
            return List.copyOf(names.values());
        }

        /** Other data may have lists of this form: its names' capitals are of no species. */
        boolean species() {
            return species;
        }

        /** Why the lists can't be used, or null. */
        String problem() {
            return problem;
        }
    }
}
