package ai.softlabel.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * Replaces a file atomically, in the way that the file system offers. {@link FileSystem#rename} does not: it fails, or
 * deletes the old file first.
 */
interface Replacement {
    /**
     * Writes a file in whole, or leaves what was there.
     *
     * @param writer is in the name of a file in the making; empty where a directory has one writer
     */
    void write(Path path, String writer, Directory.Content content) throws IOException;

    /** The way of a file system. */
    static Replacement on(FileSystem fs) {
        if (fs instanceof RawLocalFileSystem local && local.getUri().getScheme().equals("file")) {
            return (path, writer, content) -> local(local, path, part(path, writer), content);
        }
        return (path, writer, content) -> {
            if (visibleWhenClosed(fs, path)) {
                put(fs, path, content);
                return;
            }
            FileContext context;
            try {
                context = FileContext.getFileContext(fs.getUri(), fs.getConf());
            } catch (UnsupportedFileSystemException e) {
                // Without that interface it is some object store's.
                put(fs, path, content);
                return;
            }
            renamed(fs, context, path, part(path, writer), content);
        };
    }

    private static Path part(Path path, String writer) {
        return new Path(path.getParent(), "." + path.getName() + writer + ".part");
    }

    /** Whether a name is that of a file in the making. */
    static boolean unfinished(String name) {
        return name.startsWith(".") && name.endsWith(".part");
    }

    private static void local(RawLocalFileSystem fs, Path path, Path part, Directory.Content content)
            throws IOException {
        java.nio.file.Path to = fs.pathToFile(path).toPath();
        whole(fs, part, () -> {
            synced(fs, part, content);
            Files.move(fs.pathToFile(part).toPath(), to, StandardCopyOption.ATOMIC_MOVE);
        });
        // A move is in the directory, which has its own time of reaching the disk.
        try (FileChannel directory = FileChannel.open(to.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static void renamed(FileSystem fs, FileContext context, Path path, Path part, Directory.Content content)
            throws IOException {
        whole(fs, part, () -> {
            synced(fs, part, content);
            context.rename(part, path, Options.Rename.OVERWRITE);
        });
    }

    private static void synced(FileSystem fs, Path part, Directory.Content content) throws IOException {
        try (FSDataOutputStream out = fs.create(part, true)) {
            content.write(out);
            out.hsync();
        }
    }

    /** Some steps that make a part file into a file; the part file is gone where one of them fails. */
    private static void whole(FileSystem fs, Path part, Steps steps) throws IOException {
        boolean done = false;
        try {
            steps.run();
            done = true;
        } catch (FSError e) {
            // Hadoop's local file system takes a full disk for an error of the program's.
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        } finally {
            if (!done) {
                fs.delete(part, false);
            }
        }
    }

    /** Several calls that may fail. */
    @FunctionalInterface
    interface Steps {
        void run() throws IOException;
    }

    /** Object stores, on which a rename is a copy, show a file when its stream is closed, and all of it. */
    private static boolean visibleWhenClosed(FileSystem fs, Path path) throws IOException {
        return fs.hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM);
    }

    /** One PUT, started when all of the content is there: closing a stream after a failure would show half a file. */
    private static void put(FileSystem fs, Path path, Directory.Content content) throws IOException {
        java.nio.file.Path spool = Files.createTempFile("softlabel-", ".part");
        try {
            try (OutputStream out = Files.newOutputStream(spool)) {
                content.write(out);
            }
            FSDataOutputStream out = fs.create(path, true);
            try (InputStream in = Files.newInputStream(spool)) {
                in.transferTo(out);
            } catch (IOException | RuntimeException e) {
                if (out.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
                    out.abort();
                }
                throw e;
            }
            out.close();
        } finally {
            Files.deleteIfExists(spool);
        }
    }
}
