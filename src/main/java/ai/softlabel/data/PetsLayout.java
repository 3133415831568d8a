package ai.softlabel.data;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.PetsLists.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The layout of the Oxford-IIIT pets (Parkhi et al., "Cats and Dogs", 2012): pictures in {@code images/}, and
 * {@link PetsLists}. One of {@code trainval.txt} and {@code test.txt} is enough.
 */
final class PetsLayout {
    private static final String IMAGES = "images";

    private PetsLayout() {}

    static boolean fits(PictureFolder folder) {
        return folder.has(IMAGES) && (folder.has(PetsLists.TRAIN) || folder.has(PetsLists.TEST));
    }

    static Labelling list(PictureFolder folder, Lister lister) {
        return list(folder, lister, () -> lister.items(folder, IMAGES));
    }

    /** @param all what is anywhere in the folder */
    static Labelling list(PictureFolder folder, Lister lister, Bag<Item> all) {
        String start = IMAGES + "/";
        return list(folder, lister, () -> all.each(item -> item.path().startsWith(start) ? List.of(item) : List.of()));
    }

    /** @param walk tells what is in the folder of pictures; the lists are read first, for a wrong one is found soon */
    private static Labelling list(PictureFolder folder, Lister lister, Supplier<Bag<Item>> walk) {
        Storage storage = folder.storage();
        Bag<Line> lines = lister.made(() -> PetsLists.read(new PictureFolder(storage)), Line::failed);
        PetsLists.Breeds breeds = lines.sum(PetsLists.Breeds::new);
        if (breeds.problem() != null) {
            throw new JobException(ExitStatus.INPUT, breeds.problem());
        }
        Bag<Outcome> outcomes = walk.get()
                .<Item>each(item -> item.folder() ? List.of() : List.of(item))
                .joined(item -> stem(item.path()), lines, Line::name, PetsLayout::outcomes);
        return new Labelling(breeds.classes(), outcomes, folder.source(), breeds.species(), new Order(true), null);
    }

    /**
     * What becomes of files that differ only in their folders and endings.
     *
     * @param line what the lists say of their name: one line, or none
     */
    private static List<Outcome> outcomes(List<Item> files, List<Line> line) {
        List<Item> sorted = new ArrayList<>(files);
        sorted.sort((a, b) -> Order.walk(a.path(), b.path()));
        Line named = line.isEmpty() ? null : line.get(0);
        List<Outcome> outcomes = new ArrayList<>();
        if (named != null) {
            // The first that can be used stands for the name, or else the first.
            int own = IntStream.range(0, sorted.size())
                    .filter(i -> sorted.get(i).picture())
                    .findFirst()
                    .orElse(0);
            outcomes.add(outcome(named, sorted.isEmpty() ? null : sorted.remove(own)));
        }
        for (Item other : sorted) {
            boolean picture = other.picture();
            String why = picture ? "present but in no list" : other.problem();
            outcomes.add(Outcome.of(picture ? 1 : 2, 0, new Rejection(other.path(), why, false)));
        }
        return outcomes;
    }

    private static Outcome outcome(Line named, Item file) {
        if (file == null) {
            String absent = IMAGES + "/" + named.name() + ".jpg";
            return Outcome.of(
                    0, named.number(), new Rejection(absent, "named in " + named.where() + " but absent", true));
        }
        return file.picture()
                ? Outcome.of(
                        named.number(),
                        new PackedFile.Row(
                                file.path(), named.breed(), named.official().name(), 1, null))
                : Outcome.of(0, named.number(), file.rejection());
    }

    private static String stem(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        return file.lastIndexOf('.') < 0 ? file : file.substring(0, file.lastIndexOf('.'));
    }
}
