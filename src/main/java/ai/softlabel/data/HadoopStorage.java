package ai.softlabel.data;

import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.util.SerializableConfiguration;

/** A folder of any Hadoop file system. */
final class HadoopStorage implements Storage {
    private static final long serialVersionUID = 1;

    private final String root;
    private final SerializableConfiguration configuration;

    HadoopStorage(Path root, Configuration configuration) {
        this.root = root.toString();
        this.configuration = new SerializableConfiguration(configuration);
    }

    @Override
    public byte[] read(String name) throws IOException {
        Path path = at(name);
        try {
            FileSystem fs = fs(path);
            byte[] bytes = Storage.room(fs.getFileStatus(path).getLen());
            try (FSDataInputStream in = fs.open(path)) {
                in.readFully(bytes);
            }
            return bytes;
        } catch (FSError e) {
            // Some of Hadoop's file systems take a disk that fails for an error of the program's.
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public List<Child> list(String folder, TaskCount seen) throws IOException {
        Path path = at(folder);
        List<Child> children = new ArrayList<>();
        // Page by page, where the file system has pages.
        RemoteIterator<FileStatus> found = fs(path).listStatusIterator(path);
        while (found.hasNext()) {
            FileStatus s = found.next();
            children.add(Child.of(s.getPath().getName(), s.isDirectory()));
            seen.add(1);
        }
        return children;
    }

    @Override
    public Object key(String folder) {
        return null;
    }

    @Override
    public boolean has(String name) throws IOException {
        Path path = at(name);
        return fs(path).exists(path);
    }

    @Override
    public String where() {
        return root;
    }

    /** A path given by its parts: one that is parsed takes what precedes a colon for a scheme. */
    private Path at(String name) {
        Path folder = new Path(root);
        String path = folder.toUri().getPath();
        return name.isEmpty()
                ? folder
                : new Path(
                        folder.toUri().getScheme(),
                        folder.toUri().getAuthority(),
                        path + (path.endsWith("/") ? "" : "/") + name);
    }

    private FileSystem fs(Path path) throws IOException {
        return path.getFileSystem(configuration.value());
    }
}
