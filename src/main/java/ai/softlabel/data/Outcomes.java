package ai.softlabel.data;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Official;

/** How many outcomes there are, and what a command must know of all of them. */
final class Outcomes implements Bag.Sum<Outcome, Outcomes> {
    private static final long serialVersionUID = 1;

    private final Order order;
    private long used;
    private long rejected;
    private long counted;
    private long print;
    private long unlisted;
    private boolean groups;
    private Outcome example;
    private Outcome failed;

    /** @param order by which an example is the first */
    Outcomes(Order order) {
        this.order = order;
    }

    @Override
    public void add(Outcome one) {
        if (one.failed()) {
            failed = one;
        } else if (one.used()) {
            used++;
            print += one.row().print();
            unlisted += one.row().part().equals(Official.NONE.name()) ? 1 : 0;
            groups |= one.row().group() != null;
        } else {
            rejected++;
            counted += one.rejection().counts() ? 1 : 0;
            example = first(example, one);
        }
    }

    @Override
    public void plus(Outcomes other) {
        used += other.used;
        rejected += other.rejected;
        counted += other.counted;
        print += other.print;
        unlisted += other.unlisted;
        groups |= other.groups;
        example = first(example, other.example);
        failed = failed == null ? other.failed : failed;
    }

    private Outcome first(Outcome a, Outcome b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        boolean counts = a.rejection().counts();
        boolean own = counts == b.rejection().counts() ? order.compare(a, b) <= 0 : counts;
        return own ? a : b;
    }

    /** @throws JobException of status 3 where a task could not list its names */
    Outcomes requireListed() {
        if (failed != null) {
            throw new JobException(ExitStatus.INPUT, failed.rejection().reason());
        }
        return this;
    }

    /** Pictures. */
    long used() {
        return used;
    }

    /** Files that are not used. */
    long rejected() {
        return rejected;
    }

    /** How many of these count against the share of pictures that may be rejected. */
    long counted() {
        return counted;
    }

    /** Pictures that the data's own lists put into no part. */
    long unlisted() {
        return unlisted;
    }

    /** Whether any picture is in a group. */
    boolean groups() {
        return groups;
    }

    /** The sum of the pictures' {@link PackedFile.Row#print}. */
    long print() {
        return print;
    }

    /** A file that is not used, the first of those that count where one does; null where there is none. */
    Rejection example() {
        return example == null ? null : example.rejection();
    }
}
