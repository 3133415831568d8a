package ai.softlabel.bigdl;

import ai.softlabel.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * The native libraries, unpacked once per machine and user: into a folder of the temporary one that belongs to this
 * user alone, whose name holds the libraries' digest. A library appears there by an atomic rename and only with the
 * SHA-256 that the build took of it. Its size and CRC-32 are checked before each load, and what does not fit is
 * unpacked again. Where the folder is another's or open to others, libraries are unpacked into a folder of this
 * process.
 */
public final class Natives {
    private static final String LIST = "/META-INF/natives.txt";
    private static final String UID = "unix:uid";
    private static final String PREFIX = "softlabel-natives-";
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> PRIVATE = PosixFilePermissions.asFileAttribute(OWN);
    /** Hexadecimal digits of the list's digest in the folder's name. */
    private static final int NAME = 16;

    private static final int BLOCK = 1 << 20;

    private final Path temporary;
    private final Source source;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final String digest;

    /** Where libraries and their list come from. */
    interface Source {
        /** @throws NoSuchFileException where there is none of that name */
        InputStream open(String resource) throws IOException;
    }

    private record Entry(String sha256, long size, long crc) {}

    /**
     * @param temporary the machine's temporary folder
     * @param source has a list, in whose lines are a SHA-256, a size in bytes, a CRC-32 and a library's name
     */
    Natives(Path temporary, Source source) throws IOException {
        this.temporary = temporary;
        this.source = source;
        String list;
        try (InputStream in = source.open(LIST)) {
            list = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String line : list.lines().toList()) {
            String[] of = line.split(" ", -1);
            entries.put(of[3], new Entry(of[0], Long.parseLong(of[1]), Long.parseLong(of[2], 16)));
        }
        digest = Sha256.of(list).substring(0, NAME);
    }

    /**
     * Unpacks libraries if need be, and loads them in this order.
     *
     * @param load loads the library of a path. It is the caller's, for the JVM finds native methods only in libraries
     *     that their own class loader loaded
     * @throws LinkageError where they can't be unpacked or loaded. BigDL's {@code MklDnn} lets an error through; of an
     *     exception it prints the trace and forgets the cause
     */
    public static void load(List<String> names, Consumer<String> load) {
        try {
            new Natives(Path.of(System.getProperty("java.io.tmpdir")), Natives::resource).each(names, load);
        } catch (IOException e) {
            throw new LinkageError(e.toString(), e);
        }
    }

    /** See {@link #load}. */
    void each(List<String> names, Consumer<String> load) throws IOException {
        Path own = Files.createTempDirectory(temporary, PREFIX, PRIVATE);
        try {
            Object user = Files.getAttribute(own, UID);
            Path shared = temporary.resolve(PREFIX + user + "-" + digest);
            boolean shares = shares(shared, user);
            for (String name : names) {
                Entry entry = entry(name);
                // A path of its own: the JVM refuses one that another class loader of this process has loaded.
                Path library = own.resolve(name);
                if (!shares || !taken(shared.resolve(name), library, entry, user)) {
                    unpack(library, entry);
                    if (shares) {
                        give(library, shared.resolve(name));
                    }
                }
                load.accept(library.toString());
            }
        } finally {
            delete(own);
        }
    }

    /** Whether the folder is this user's alone; it is made where there is none. */
    private static boolean shares(Path folder, Object user) throws IOException {
        try {
            Files.createDirectory(folder, PRIVATE);
        } catch (FileAlreadyExistsException ignored) {
            // By this user's former program, or by anyone.
        }
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && user.equals(Files.getAttribute(folder, UID, LinkOption.NOFOLLOW_LINKS))
                && OWN.equals(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
    }

    /** Links the shared library; false where there is none that is whole. */
    private static boolean taken(Path shared, Path library, Entry expected, Object user) throws IOException {
        try {
            Files.createLink(library, shared);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
        boolean whole = whole(library, expected, user);
        if (!whole) {
            Files.delete(library);
        }
        return whole;
    }

    /** Shares a library if it can. Programs that start at once all do, and each goes on with the file that it loads. */
    private static void give(Path library, Path shared) {
        try {
            Path second = library.resolveSibling("shared");
            Files.createLink(second, library);
            Files.move(second, shared, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | UnsupportedOperationException ignored) {
            // The folder was cleaned away, or there are no links here: the next program unpacks again.
        }
    }

    private static boolean whole(Path library, Entry expected, Object user) throws IOException {
        if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)
                || !user.equals(Files.getAttribute(library, UID, LinkOption.NOFOLLOW_LINKS))
                || Files.size(library) != expected.size()) {
            return false;
        }
        CRC32 found = new CRC32();
        byte[] block = new byte[BLOCK];
        try (InputStream in = Files.newInputStream(library)) {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                found.update(block, 0, n);
            }
        }
        return found.getValue() == expected.crc();
    }

    private void unpack(Path library, Entry expected) throws IOException {
        MessageDigest found = Sha256.digest();
        try (InputStream in = source.open("/" + library.getFileName());
                OutputStream out = new DigestOutputStream(Files.newOutputStream(library), found)) {
            in.transferTo(out);
        }
        String sum = Sha256.end(found);
        if (!sum.equals(expected.sha256())) {
            throw new IOException("expected " + library.getFileName() + " of SHA-256 " + expected.sha256() + ", found "
                    + sum + "; fetch or build the job's jar again");
        }
    }

    /** What is loaded stays so. */
    private static void delete(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private Entry entry(String name) throws IOException {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IOException("expected " + name + " among the native libraries, found " + entries.keySet());
        }
        return entry;
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = Natives.class.getResourceAsStream(name);
        if (in == null) {
            throw new NoSuchFileException(name);
        }
        return in;
    }
}
