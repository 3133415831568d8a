package ai.softlabel.data;

import ai.softlabel.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder of any Hadoop file system, as the layouts look at it: names relative to it, sorted. */
final class Folder {
    private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp");

    private final Path root;
    private final FileSystem fs;

    Folder(String uri, Configuration configuration) {
        try {
            Path given = new Path(uri);
            fs = given.getFileSystem(configuration);
            // Executors have other working directories.
            root = fs.makeQualified(given);
            if (!fs.getFileStatus(root).isDirectory()) {
                throw JobException.input(
                        "expected a folder of pictures at --data %s, found a file; give the folder", uri);
            }
        } catch (FileNotFoundException e) {
            throw JobException.input("expected a folder of pictures at --data %s, found nothing; check the path", uri);
        } catch (IOException | IllegalArgumentException e) {
            throw JobException.input(
                    "expected a folder of pictures at --data %s, found that it can't be read (%s); check the path and the rights",
                    uri, e.getMessage());
        }
    }

    boolean has(String name) {
        try {
            return fs.exists(new Path(root, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the folders directly below {@code name} ("" is the root), hidden ones left out. */
    List<String> folders(String name) {
        return list(name).stream()
                .filter(FileStatus::isDirectory)
                .map(s -> s.getPath().getName())
                .filter(n -> !hidden(n))
                .toList();
    }

    /**
     * The paths, relative to the root, of the pictures anywhere below {@code name}; a picture is told by its ending
     * here.
     */
    List<String> pictures(String name) {
        List<String> found = new ArrayList<>();
        for (FileStatus s : list(name)) {
            String file = s.getPath().getName();
            String path = name.isEmpty() ? file : name + "/" + file;
            if (hidden(file)) {
                continue;
            }
            if (s.isDirectory()) {
                found.addAll(pictures(path));
            } else if (ENDINGS.contains(
                    file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))) {
                found.add(path);
            }
        }
        return found;
    }

    /** The lines of a text file. */
    List<String> lines(String name) {
        try (FSDataInputStream in = fs.open(new Path(root, name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw JobException.input(
                    "expected to read %s below --data %s, found %s; check the file", name, root, e.getMessage());
        }
    }

    private List<FileStatus> list(String name) {
        try {
            FileStatus[] found = fs.listStatus(name.isEmpty() ? root : new Path(root, name));
            return Arrays.stream(found)
                    .sorted((a, b) ->
                            a.getPath().getName().compareTo(b.getPath().getName()))
                    .toList();
        } catch (IOException e) {
            throw JobException.input(
                    "expected to list %s below --data %s, found %s; check the folder", name, root, e.getMessage());
        }
    }

    private static boolean hidden(String name) {
        return name.startsWith(".") || name.startsWith("_");
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
