package ai.softlabel.data;

import ai.softlabel.Rejection;
import java.io.Serializable;
import java.util.List;

/**
 * What data holds, before a picture was opened.
 *
 * @param classes the classes' names, by label
 * @param entries the pictures
 * @param rejected files that are known to be unusable: named in a list but absent, or present but in no list
 * @param source reads the pictures, on any executor
 * @param species whether a class's name tells its species, as the pets' do: a cat's begins with a capital, a dog's
 *     doesn't; of other data a capital says nothing
 */
public record Listing(
        List<String> classes, List<Entry> entries, List<Rejection> rejected, Source source, boolean species) {
    /** Data whose classes have no species. */
    public Listing(List<String> classes, List<Entry> entries, List<Rejection> rejected, Source source) {
        this(classes, entries, rejected, source, false);
    }

    /** The name of a picture's class; of several classes all names, in their own order, whatever the classes' is. */
    public String labelOf(Entry e) {
        return e.labels() == null
                ? classes.get(e.label())
                : e.labels().stream().map(classes::get).sorted().toList().toString();
    }

    /** Where a data set's own lists put a picture. */
    public enum Official {
        TRAIN,
        VALIDATION,
        TEST,
        NONE
    }

    /**
     * A picture in the listing.
     *
     * @param name its path below the root
     * @param label its class, from 0; where pictures may have several classes, the number of its set of classes among
     *     those that there are, which splits are stratified by (rare sets have one number together)
     * @param weight its weight in the training loss, finite and at least 0
     * @param group what it shares with pictures that must stay in one part (an animal, a patient), or null
     * @param labels its classes, ascending, where pictures may have several or none; null where each has one
     */
    public record Entry(String name, int label, Official official, double weight, String group, List<Integer> labels)
            implements Serializable {
        /** A picture of one class. */
        public Entry(String name, int label, Official official, double weight, String group) {
            this(name, label, official, weight, group, null);
        }

        /** A picture of weight 1 in no group. */
        public Entry(String name, int label, Official official) {
            this(name, label, official, 1, null);
        }

        /** Its classes, ascending. */
        int[] classes() {
            return labels == null
                    ? new int[] {label}
                    : labels.stream().mapToInt(Integer::intValue).toArray();
        }

        /** The same with another label. */
        public Entry labelled(int other) {
            return new Entry(name, other, official, weight, group, labels);
        }

        /** The same with other classes, of data whose pictures may have several. */
        public Entry labelled(List<Integer> others) {
            return new Entry(name, label, official, weight, group, others);
        }
    }
}
