package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Official;
import java.io.Serializable;
import java.util.List;

/**
 * What becomes of a name: a picture with its class, or a file that is not used.
 *
 * @param group where it comes in the listing, see {@link Order}
 * @param number where it comes in its group
 * @param row the picture, or null
 * @param rejection why it is not used, or null
 */
record Outcome(int group, long number, PackedFile.Row row, Rejection rejection) implements Serializable {
    private static final int FAILED = -1;

    static Outcome of(long number, PackedFile.Row row) {
        return new Outcome(0, number, row, null);
    }

    static Outcome of(int group, long number, Rejection rejection) {
        return new Outcome(group, number, null, rejection);
    }

    /** What a task has in place of the names that it could not list. */
    static Outcome failed(JobException e) {
        return of(FAILED, 0, new Rejection("", e.getMessage(), true));
    }

    boolean used() {
        return row != null;
    }

    boolean failed() {
        return group == FAILED;
    }

    String name() {
        return row != null ? row.path() : rejection.path();
    }

    /** A picture whose class is not known, or why it is not used; nothing for a folder. */
    static List<Outcome> unlabelled(Item item) {
        if (item.folder()) {
            return List.of();
        }
        return List.of(
                item.picture()
                        ? of(0, new PackedFile.Row(item.path(), "", Official.NONE.name(), 1, null))
                        : of(0, 0, item.rejection()));
    }

    /** The same in another part. */
    Outcome in(String part) {
        return row == null ? this : with(new PackedFile.Row(row.path(), row.label(), part, row.weight(), row.group()));
    }

    Outcome with(PackedFile.Row other) {
        return new Outcome(group, number, other, null);
    }
}
