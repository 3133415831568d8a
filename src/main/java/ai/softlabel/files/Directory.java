package ai.softlabel.files;

import ai.softlabel.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** A directory of any Hadoop file system, whose files are replaced as a whole. */
public final class Directory {
    private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

    private final Path root;
    private final FileSystem fs;

    /** Writes a file's content. */
    @FunctionalInterface
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    private Directory(Path root, FileSystem fs) {
        this.root = root;
        this.fs = fs;
    }

    /**
     * A directory, which may not exist yet.
     *
     * @param option the option that named it, for messages
     */
    public static Directory of(String option, String uri, Configuration configuration) {
        try {
            Path path = new Path(uri);
            FileSystem fs = path.getFileSystem(configuration);
            // The raw one leaves no .crc files about.
            return new Directory(fs.makeQualified(path), fs instanceof LocalFileSystem local ? local.getRaw() : fs);
        } catch (IOException | IllegalArgumentException e) {
            throw JobException.input(
                    "expected --%s to be a path or a Hadoop URI, found %s (%s); correct it",
                    option, uri, e.getMessage());
        }
    }

    /** The directory of a file; the working directory where the file's path names none. See {@link #of}. */
    public static Directory around(String option, Path file, Configuration configuration) {
        Path parent = file.getParent();
        return of(option, parent == null || parent.toString().isEmpty() ? "." : parent.toString(), configuration);
    }

    /** With which executors reach the same directory. */
    public Configuration configuration() {
        return fs.getConf();
    }

    /** A directory inside this one. */
    public Directory sub(String name) {
        return new Directory(new Path(root, name), fs);
    }

    /** The path of a file in it, as a URI. */
    public String path(String name) {
        return name.isEmpty() ? root.toString() : new Path(root, name).toString();
    }

    /** The same with what a URI can't hold, such as spaces, as percent signs and numbers. */
    public URI uri(String name) {
        return new Path(path(name)).toUri();
    }

    public boolean has(String name) {
        try {
            return fs.exists(at(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The names in it, sorted, without hidden ones (those that begin with a dot); empty where it is not there.
     *
     * @throws JobException of status 2 where it is a file
     */
    public List<String> names() {
        try {
            FileStatus[] found = fs.listStatus(root);
            if (found.length == 1 && found[0].isFile() && found[0].getPath().equals(root)) {
                throw JobException.options(
                        "expected a folder at %s, found a file; remove it, or give another path", root);
            }
            return Arrays.stream(found)
                    .map(FileStatus::getPath)
                    .map(Path::getName)
                    .filter(n -> !n.startsWith("."))
                    .sorted()
                    .toList();
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file's bytes, all of one version of it. */
    public byte[] read(String name) throws IOException {
        // Its length, if read before, could be that of a file that is no longer there.
        try (FSDataInputStream in = fs.open(at(name))) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            if (bytes.length == MOST_BYTES && in.read() >= 0) {
                throw new IOException("the file has more than " + MOST_BYTES + " bytes, the most that can be read");
            }
            return bytes;
        }
    }

    public String readText(String name) throws IOException {
        return new String(read(name), StandardCharsets.UTF_8);
    }

    /**
     * Writes a file whole: a reader always sees either the old file or the new one, and after a failure only the old
     * one is there.
     *
     * @throws JobException of status 2 where this program lost a {@link Lease} on the directory or one around it;
     *     nothing is written then. The same holds for every method that changes files
     */
    public void write(String name, Content content) throws IOException {
        write(name, "", content);
    }

    /** Writes a file that others write as well, each under a name of its own in the making; the last one's stays. */
    public void write(String name, String writer, Content content) throws IOException {
        checkLease();
        replace(name, writer, content);
    }

    /** Writes a file without regard to a lease: the lease itself. */
    void replace(String name, String writer, Content content) throws IOException {
        Replacement.on(fs).write(at(name), writer, content);
    }

    /** A new file that grows; one of the name is replaced. */
    public FSDataOutputStream create(String name) throws IOException {
        checkLease();
        return fs.create(at(name), true);
    }

    public void writeText(String name, String text) throws IOException {
        write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Deletes files in the making, of writers that ended by force; to be called where nobody writes. */
    public void deleteUnfinished() throws IOException {
        checkLease();
        if (fs.exists(root)) {
            for (FileStatus s : fs.listStatus(root)) {
                if (Replacement.unfinished(s.getPath().getName())) {
                    fs.delete(s.getPath(), false);
                }
            }
        }
    }

    public void delete(String name) throws IOException {
        checkLease();
        fs.delete(at(name), true);
    }

    /**
     * Reads the leases that this program holds on the directory and on those around it. Must be called before Spark
     * writes into the directory; this class's own methods call it.
     *
     * @throws JobException of status 2 where another program took one of them
     */
    public void checkLease() {
        for (Path p = root; p != null; p = p.getParent()) {
            Lease held = Lease.held(p.toString());
            if (held != null) {
                held.check();
            }
        }
    }

    /** When a file was last written, in milliseconds since 1970 by the file system's clock. */
    long modified(String name) throws IOException {
        return fs.getFileStatus(at(name)).getModificationTime();
    }

    private Path at(String name) {
        return name.isEmpty() ? root : new Path(root, name);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
