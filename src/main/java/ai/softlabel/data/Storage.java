package ai.softlabel.data;

import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.util.List;

/**
 * A tree of folders that is listed and read by names: paths below its root, their parts divided by "/", the root itself
 * being "". No name is hidden, and none is refused for its characters.
 */
interface Storage extends Source {
    /** Files larger than this, in bytes, are no pictures. */
    long MAX_BYTES = 64L << 20;

    /** What a name stands for. */
    enum Kind {
        FOLDER,
        FILE,
        /** Neither: a pipe, a socket, a device, a link to nothing. */
        OTHER
    }

    /**
     * A name in a folder.
     *
     * @param link whether it is a link to what it stands for
     * @param key tells one folder from another, whatever leads to it, or null where no folder has two names
     * @param problem why it can't be used, or null
     */
    record Child(String name, Kind kind, boolean link, Object key, String problem) {
        static Child of(String name, boolean folder) {
            return new Child(name, folder ? Kind.FOLDER : Kind.FILE, false, null, null);
        }
    }

    /**
     * What is directly in a folder, in no order.
     *
     * @param seen counts the names as they come
     */
    List<Child> list(String folder, TaskCount seen) throws IOException;

    /** {@link Child#key} of a folder. */
    Object key(String folder) throws IOException;

    boolean has(String name) throws IOException;

    /** An array for a file of this length. */
    static byte[] room(long length) throws Undecodable {
        if (length > MAX_BYTES) {
            throw new Undecodable("the file has " + length + " bytes, more than the " + MAX_BYTES + " that are read");
        }
        return new byte[(int) length];
    }
}
