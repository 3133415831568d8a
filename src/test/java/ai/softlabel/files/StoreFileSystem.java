package ai.softlabel.files;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** An object store in memory: a file is there when its stream is closed; renaming and deleting are noted. */
public final class StoreFileSystem extends RawLocalFileSystem {
    static final Map<String, byte[]> OBJECTS = new TreeMap<>();
    static final List<String> CALLS = new ArrayList<>();
    static int most = Integer.MAX_VALUE;

    static Configuration configuration() {
        OBJECTS.clear();
        CALLS.clear();
        most = Integer.MAX_VALUE;
        Configuration c = new Configuration();
        c.set("fs.store.impl", StoreFileSystem.class.getName());
        c.setBoolean("fs.store.impl.disable.cache", true);
        return c;
    }

    static String text(String path) {
        byte[] bytes = OBJECTS.get(path);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public URI getUri() {
        return URI.create("store:///");
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
        return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM) || super.hasPathCapability(path, capability);
    }

    @Override
    public FSDataOutputStream create(
            Path f, FsPermission p, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        return create(f, overwrite, buffer, replication, block, progress);
    }

    @Override
    public FSDataOutputStream create(
            Path f, boolean overwrite, int buffer, short replication, long block, Progressable progress)
            throws IOException {
        CALLS.add("create " + f.toUri().getPath());
        return new FSDataOutputStream(new Upload(f.toUri().getPath()), null);
    }

    @Override
    public boolean rename(Path from, Path to) {
        CALLS.add("rename");
        return false;
    }

    @Override
    public boolean delete(Path path, boolean recursive) {
        CALLS.add("delete");
        return OBJECTS.remove(path.toUri().getPath()) != null;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        byte[] bytes = OBJECTS.get(path.toUri().getPath());
        if (bytes == null) {
            throw new FileNotFoundException(path.toString());
        }
        return new FileStatus(bytes.length, false, 1, 1, 0, path);
    }

    private static final class Upload extends ByteArrayOutputStream implements Abortable, StreamCapabilities {
        private final String path;
        private boolean aborted;

        Upload(String path) {
            this.path = path;
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int count) {
            if (size() + count > most) {
                throw new IllegalStateException("the connection broke");
            }
            super.write(bytes, from, count);
        }

        @Override
        public void close() {
            if (!aborted) {
                OBJECTS.put(path, toByteArray());
            }
        }

        @Override
        public AbortableResult abort() {
            aborted = true;
            CALLS.add("abort");
            return new AbortableResult() {
                @Override
                public boolean alreadyClosed() {
                    return false;
                }

                @Override
                public IOException anyCleanupException() {
                    return null;
                }
            };
        }

        @Override
        public boolean hasCapability(String capability) {
            return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM);
        }
    }
}
