package ai.softlabel.data;

import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder of the machine's own file system. Hadoop's view of it leaves out, without a word, what the JVM's locale
 * can't spell (under {@code LC_ALL=C} all names outside ASCII) and links to nothing. Names are UTF-8 here, whatever the
 * locale: they go in and out as the bytes of a file URI.
 */
final class LocalStorage implements Storage {
    private static final long serialVersionUID = 1;
    private static final String UNESCAPED = "-._~/";

    private final String root;

    /** @param root an absolute path */
    LocalStorage(String root) {
        this.root = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
    }

    @Override
    public byte[] read(String name) throws IOException {
        Path path = at(name);
        BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
        if (a.isOther()) {
            throw new Undecodable("neither a file nor a folder: a pipe, a socket or a device");
        }
        byte[] bytes = Storage.room(a.size());
        try (InputStream in = Files.newInputStream(path)) {
            int read = in.readNBytes(bytes, 0, bytes.length);
            if (read < bytes.length || in.read() >= 0) {
                throw new IOException("its size changed from " + bytes.length + " bytes while it was read");
            }
        }
        return bytes;
    }

    @Override
    public List<Child> list(String folder, TaskCount seen) throws IOException {
        List<Child> children = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(at(folder))) {
            for (Path path : all) {
                try {
                    children.add(child(
                            path, Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
                    seen.add(1);
                } catch (NoSuchFileException e) {
                    // Deleted since the folder was opened: it is not in the data.
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }

    private static Child child(Path path, BasicFileAttributes own) throws IOException {
        boolean link = own.isSymbolicLink();
        String name = name(path);
        BasicFileAttributes a;
        try {
            a = link ? Files.readAttributes(path, BasicFileAttributes.class) : own;
        } catch (NoSuchFileException e) {
            return new Child(name, Kind.OTHER, true, null, "a link to nothing");
        } catch (AccessDeniedException e) {
            return new Child(name, Kind.OTHER, true, null, "a link to where this user may not look");
        } catch (FileSystemException e) {
            // The JDK has no exception of its own for ELOOP here.
            return new Child(name, Kind.OTHER, true, null, "a link that leads nowhere: " + e.getReason());
        }
        Kind kind = a.isDirectory() ? Kind.FOLDER : a.isRegularFile() ? Kind.FILE : Kind.OTHER;
        String problem = kind == Kind.OTHER
                ? "neither a file nor a folder: a pipe, a socket or a device"
                : name.indexOf('\uFFFD') >= 0 ? "its name is not UTF-8; rename it" : null;
        return new Child(name, kind, link, kind == Kind.FOLDER ? a.fileKey() : null, problem);
    }

    @Override
    public Object key(String folder) throws IOException {
        return Files.readAttributes(at(folder), BasicFileAttributes.class).fileKey();
    }

    @Override
    public boolean has(String name) throws IOException {
        return Files.exists(at(name));
    }

    @Override
    public String where() {
        return "file:" + (root.isEmpty() ? "/" : root);
    }

    private Path at(String name) {
        StringBuilder uri = new StringBuilder("file://");
        for (byte b : (root + "/" + name).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c < 128 && Character.isLetterOrDigit(c) || UNESCAPED.indexOf(c) >= 0) {
                uri.append(c);
            } else {
                uri.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    /** The last part of a path; what is no UTF-8 in it becomes U+FFFD. */
    private static String name(Path path) {
        String name = path.getFileName().toString();
        if (name.chars().allMatch(c -> c < 128)) {
            return name;
        }
        String uri = path.toUri().getRawPath();
        uri = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        String last = uri.substring(uri.lastIndexOf('/') + 1);
        ByteBuffer bytes = ByteBuffer.allocate(last.length());
        for (int i = 0; i < last.length(); i++) {
            if (last.charAt(i) == '%') {
                bytes.put((byte) Integer.parseInt(last.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.put((byte) last.charAt(i));
            }
        }
        bytes.flip();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return StandardCharsets.UTF_8.decode(bytes.rewind()).toString();
        }
    }
}
