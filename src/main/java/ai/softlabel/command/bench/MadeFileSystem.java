package ai.softlabel.command.bench;

import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A file system that holds any number of pictures and stores none: {@code made://50000/} has 50,000 JPEG files in
 * folders of 1,000. Each is one of a few pictures of the built-in sample with a comment of its own, so that all files
 * differ, and listing, reading, decoding and hashing cost what they cost elsewhere. It can't be written to.
 */
public final class MadeFileSystem extends FileSystem {
    static final String SCHEME = "made";

    private static final int PER_FOLDER = 1000;
    private static final int DRAWN = 16;
    private static final int MARKER = 2;
    private static final ConcurrentHashMap<Integer, byte[]> PICTURES = new ConcurrentHashMap<>();

    private URI uri;
    private int count;

    /** The pictures' folder, of {@code count} pictures. */
    static String of(int count) {
        return SCHEME + "://" + count + "/";
    }

    /** Makes the scheme known; the configuration takes it along to the executors. */
    static void register(Configuration configuration) {
        configuration.set("fs." + SCHEME + ".impl", MadeFileSystem.class.getName());
    }

    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
        super.initialize(name, configuration);
        uri = URI.create(SCHEME + "://" + name.getAuthority());
        count = Integer.parseInt(name.getAuthority());
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public URI getUri() {
        return uri;
    }

    private int folders() {
        return (count + PER_FOLDER - 1) / PER_FOLDER;
    }

    private Path folder(int number) {
        return new Path(uri + String.format("/d%05d", number));
    }

    private Path file(int number) {
        return new Path(folder(number / PER_FOLDER), String.format("p%08d.jpg", number));
    }

    /** The number in a path's last part, or -1 where there is none such. */
    private int number(Path path, char kind, int most) {
        String name = path.getName();
        if (name.isEmpty() || name.charAt(0) != kind) {
            return -1;
        }
        String digits = name.substring(1).replace(".jpg", "");
        int number = digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : -1;
        return number < most ? number : -1;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        if (path.isRoot() || number(path, 'd', folders()) >= 0) {
            return new FileStatus(0, true, 1, 1, 0, path.makeQualified(uri, new Path("/")));
        }
        int number = number(path, 'p', count);
        if (number < 0) {
            throw new FileNotFoundException(path + " is not there");
        }
        return status(number);
    }

    private FileStatus status(int number) throws IOException {
        return new FileStatus(picture(number).length, false, 1, 1 << 20, 0, file(number));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        if (path.isRoot()) {
            FileStatus[] all = new FileStatus[folders()];
            for (int d = 0; d < all.length; d++) {
                all[d] = new FileStatus(0, true, 1, 1, 0, folder(d));
            }
            return all;
        }
        int folder = number(path, 'd', folders());
        if (folder < 0) {
            throw new FileNotFoundException(path + " is not a folder that is there");
        }
        int first = folder * PER_FOLDER;
        FileStatus[] files = new FileStatus[Math.min(PER_FOLDER, count - first)];
        for (int i = 0; i < files.length; i++) {
            files[i] = status(first + i);
        }
        return files;
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        int number = number(path, 'p', count);
        if (number < 0) {
            throw new FileNotFoundException(path + " is not there");
        }
        return new FSDataInputStream(new Bytes(picture(number)));
    }

    private static byte[] drawn(int which) throws IOException {
        byte[] known = PICTURES.get(which);
        if (known == null) {
            Listing sample = Layouts.list(null, new Configuration());
            int every = sample.entries().size() / DRAWN;
            known = sample.source().read(sample.entries().get(which * every).name());
            PICTURES.put(which, known);
        }
        return known;
    }

    /** A drawn picture with the file's number as a comment after its first marker. */
    private static byte[] picture(int number) throws IOException {
        byte[] drawn = drawn(number % DRAWN);
        byte[] text = String.format("%010d", number).getBytes(StandardCharsets.US_ASCII);
        byte[] out = new byte[drawn.length + 2 * MARKER + text.length];
        System.arraycopy(drawn, 0, out, 0, MARKER);
        out[MARKER] = (byte) 0xFF;
        out[MARKER + 1] = (byte) 0xFE;
        out[MARKER + 3] = (byte) (text.length + MARKER);
        System.arraycopy(text, 0, out, 3 * MARKER, text.length);
        System.arraycopy(drawn, MARKER, out, 3 * MARKER + text.length, drawn.length - MARKER);
        return out;
    }

    /** Bytes as Hadoop reads files. */
    private static final class Bytes extends ByteArrayInputStream implements Seekable, PositionedReadable {
        Bytes(byte[] bytes) {
            super(bytes);
        }

        @Override
        public void seek(long position) {
            pos = (int) position;
        }

        @Override
        public long getPos() {
            return pos;
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }

        @Override
        public int read(long position, byte[] to, int at, int length) {
            int some = (int) Math.min(length, count - position);
            System.arraycopy(buf, (int) position, to, at, some);
            return some;
        }

        @Override
        public void readFully(long position, byte[] to, int at, int length) {
            System.arraycopy(buf, (int) position, to, at, length);
        }

        @Override
        public void readFully(long position, byte[] to) {
            readFully(position, to, 0, to.length);
        }
    }

    private static IOException unwritable() {
        return new IOException(SCHEME + ":// can't be written to");
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        throw unwritable();
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) throws IOException {
        throw unwritable();
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        throw unwritable();
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        throw unwritable();
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        throw unwritable();
    }

    @Override
    public void setWorkingDirectory(Path path) {}

    @Override
    public Path getWorkingDirectory() {
        return new Path(uri + "/");
    }
}
