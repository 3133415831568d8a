package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.data.Storage.Child;
import ai.softlabel.spark.TaskCount;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * A folder of any Hadoop file system, as the layouts look at it: names relative to it, sorted. Names that begin with a
 * dot are hidden; all others count, those with an underscore too.
 */
final class PictureFolder {
    private final Storage storage;

    PictureFolder(Storage storage) {
        this.storage = storage;
    }

    /** @throws JobException of status 3 where there is no such folder */
    static PictureFolder of(String uri, Configuration configuration) {
        try {
            Path given = new Path(uri);
            FileSystem fs = given.getFileSystem(configuration);
            // Executors have other working directories.
            Path root = fs.makeQualified(given);
            if (!fs.getFileStatus(root).isDirectory()) {
                throw JobException.input(
                        "expected a folder of pictures at --data %s, found a file; give the folder", uri);
            }
            boolean local = fs.getClass() == LocalFileSystem.class || fs.getClass() == RawLocalFileSystem.class;
            return new PictureFolder(
                    local ? new LocalStorage(root.toUri().getPath()) : new HadoopStorage(root, configuration));
        } catch (FileNotFoundException e) {
            throw JobException.input(
                    "expected a folder of pictures at --data %s, found nothing; check the path%s", uri, locale(uri));
        } catch (JobException e) {
            throw e;
        } catch (IOException | RuntimeException | LinkageError e) {
            // A file system whose library is missing is a RuntimeException.
            throw JobException.input(
                    "expected a folder of pictures at --data %s, found that it can't be read (%s); check the path, the rights and the file system's library",
                    uri, Plain.reason(e.getMessage()));
        }
    }

    /** A path outside ASCII reaches the JVM in pieces where the locale can't spell it. */
    private static String locale(String uri) {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        boolean spelt = encoding.equals("UTF-8") || uri.chars().allMatch(c -> c < 128 && c != '?');
        return spelt ? "" : ", and set LC_ALL=C.UTF-8: this locale's " + encoding + " can't spell all names";
    }

    /** Lists and reads what is here, on any executor. */
    Storage storage() {
        return storage;
    }

    /** Reads the files that are found here. */
    Source source() {
        return storage;
    }

    boolean has(String name) {
        return reading(name, () -> storage.has(name));
    }

    /**
     * Goes through everything below {@code name} ("" is the root), each item as it is met: a folder before what is in
     * it. Links are followed; a link to a folder that was entered before is not, so that loops end: it is a problem.
     */
    void walk(String name, Consumer<Item> each) {
        Set<Object> entered = new HashSet<>();
        entered.add(reading(name, () -> storage.key("")));
        entered.add(reading(name, () -> storage.key(name)));
        TaskCount seen = TaskCount.onDriver(Layouts.PROGRESS);
        walk(name, each, entered, seen);
        seen.end();
    }

    private void walk(String folder, Consumer<Item> each, Set<Object> entered, TaskCount seen) {
        for (Child child : children(folder, seen)) {
            Item item = Item.of(folder, child);
            if (item == null) {
                continue;
            }
            if (!item.folder()) {
                each.accept(item);
                continue;
            }
            requireUsable(item);
            boolean fresh = child.key() == null || entered.add(child.key());
            if (!fresh && child.link()) {
                each.accept(
                        new Item(item.path(), true, true, "a link to a folder that is above it or was listed already"));
                continue;
            }
            each.accept(item);
            walk(item.path(), each, entered, seen);
        }
    }

    /** What is directly in a folder. */
    List<Item> items(String folder, TaskCount seen) {
        return children(folder, seen).stream()
                .map(child -> Item.of(folder, child))
                .filter(Objects::nonNull)
                .toList();
    }

    private List<Child> children(String folder, TaskCount seen) {
        List<Child> children = new ArrayList<>(reading(folder, () -> storage.list(folder, seen)));
        children.sort(Comparator.comparing(Child::name));
        return children;
    }

    /** @throws JobException of status 3 where a folder can't be entered */
    void requireUsable(Item folder) {
        if (folder.problem() != null) {
            throw JobException.input(
                    "expected folders below --data %s that can be used, found %s: %s",
                    storage.where(), folder.path(), folder.problem());
        }
    }

    /** The lines of a text file. */
    List<String> lines(String name) {
        byte[] bytes = reading(name, () -> storage.read(name));
        String text = new String(bytes, StandardCharsets.UTF_8);
        return (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
    }

    private <T> T reading(String name, Retry.Reading<T> reading) {
        try {
            return Retry.reading(name.isEmpty() ? "the folder" : name, storage.where(), reading);
        } catch (Undecodable e) {
            throw JobException.input(
                    "expected to read %s below --data %s, found that %s; check the file",
                    name, storage.where(), e.getMessage());
        }
    }

    @Override
    public String toString() {
        return storage.where();
    }
}
