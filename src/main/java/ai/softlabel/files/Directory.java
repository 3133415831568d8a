package ai.softlabel.files;

import ai.softlabel.JobException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** A directory of any Hadoop file system. A file is written under another name, synced, and renamed. */
public final class Directory {
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
     * A directory that need not be there.
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

    /** A directory inside this one. */
    public Directory sub(String name) {
        return new Directory(new Path(root, name), fs);
    }

    /** The path of a file in it, as a URI. */
    public String path(String name) {
        return name.isEmpty() ? root.toString() : new Path(root, name).toString();
    }

    public boolean has(String name) {
        try {
            return fs.exists(at(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names in it, sorted; empty where it is not there. */
    public List<String> names() {
        try {
            return Arrays.stream(fs.listStatus(root))
                    .map(FileStatus::getPath)
                    .map(Path::getName)
                    .sorted()
                    .toList();
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file's bytes. */
    public byte[] read(String name) throws IOException {
        Path path = at(name);
        long length = fs.getFileStatus(path).getLen();
        if (length > Integer.MAX_VALUE - 8) {
            throw new IOException("the file has " + length + " bytes, more than can be read");
        }
        byte[] bytes = new byte[(int) length];
        try (FSDataInputStream in = fs.open(path)) {
            in.readFully(bytes);
        }
        return bytes;
    }

    public String readText(String name) throws IOException {
        return new String(read(name), StandardCharsets.UTF_8);
    }

    /** Writes a file whole: a reader sees the old one or the new one. */
    public void write(String name, Content content) throws IOException {
        Path path = at(name);
        Path part = new Path(path.getParent(), "." + path.getName() + ".part");
        try (FSDataOutputStream out = fs.create(part, true)) {
            content.write(out);
            out.hsync();
        } catch (FSError e) {
            // Hadoop's local file system takes a full disk for an error of the program's.
            fs.delete(part, false);
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
        if (fs.exists(path)) {
            fs.delete(path, false);
        }
        if (!fs.rename(part, path)) {
            throw new IOException("can't rename " + part + " to " + path);
        }
    }

    /** A new file that grows; one of the name is replaced. */
    public FSDataOutputStream create(String name) throws IOException {
        return fs.create(at(name), true);
    }

    public void writeText(String name, String text) throws IOException {
        write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    public void delete(String name) throws IOException {
        fs.delete(at(name), true);
    }

    private Path at(String name) {
        return name.isEmpty() ? root : new Path(root, name);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
