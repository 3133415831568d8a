package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.Endings.Type;
import ai.softlabel.data.Storage.Child;
import ai.softlabel.data.Storage.Kind;
import java.io.Serializable;

/**
 * A folder, a picture, or what would be a picture but can't be one.
 *
 * @param path below the root
 * @param folder whether it is a folder
 * @param link whether it is a link to what it stands for
 * @param problem why it can't be used, or null
 * @param counts whether a problem counts against the share of pictures that may be rejected
 */
record Item(String path, boolean folder, boolean link, String problem, boolean counts) implements Serializable {
    Item(String path, boolean folder, boolean link, String problem) {
        this(path, folder, link, problem, true);
    }

    static Item picture(String path) {
        return new Item(path, false, false, null);
    }

    static Item of(Rejection r) {
        return new Item(r.path(), false, false, r.reason(), r.counts());
    }

    /** What a task has in place of the items that it could not list. */
    static Item failed(JobException e) {
        return new Item("", true, false, e.getMessage());
    }

    /** Null for what is none of these, and for what is hidden. */
    static Item of(String folder, Child child) {
        if (child.name().startsWith(".")) {
            return null;
        }
        String path = folder.isEmpty() ? child.name() : folder + "/" + child.name();
        if (child.kind() == Kind.FOLDER) {
            return new Item(path, true, child.link(), child.problem());
        }
        Type type = Endings.of(child.name());
        String problem =
                child.problem() == null && type == Type.FOREIGN ? Endings.reason(child.name()) : child.problem();
        boolean meant = (type != Type.NONE || child.link()) && type != Type.OTHER;
        boolean used = problem == null ? type == Type.PICTURE : meant;
        return used ? new Item(path, false, child.link(), problem) : null;
    }

    boolean failed() {
        return folder && path.isEmpty();
    }

    boolean picture() {
        return !folder && problem == null;
    }

    Rejection rejection() {
        return new Rejection(path, problem, counts);
    }
}
