package ai.softlabel;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;

/**
 * A picture's labels and other metadata.
 *
 * @param labels its classes, from 0, ascending; one where classes exclude each other, any number where they don't
 * @param weight its weight in the training loss, finite and at least 0; 1 by default
 * @param group what it shares with pictures that must stay in one part (an animal, a patient), or null
 * @param part the part that it belongs to, or null where it is in none
 */
public record Annotation(int[] labels, double weight, String group, Part part) implements Serializable {
    public Annotation {
        labels = labels.clone();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || (i > 0 && labels[i] <= labels[i - 1])) {
                throw new IllegalArgumentException(
                        "expected labels from 0, ascending, each once, found " + Arrays.toString(labels));
            }
        }
        if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a finite weight of at least 0, found " + weight);
        }
    }

    /** One label, a weight of 1, no group. */
    public static Annotation of(int label, Part part) {
        return new Annotation(new int[] {label}, 1, null, part);
    }

    /** The same with another weight. */
    public Annotation weighted(double otherWeight) {
        return new Annotation(labels, otherWeight, group, part);
    }

    /**
     * The only label.
     *
     * @throws IllegalStateException where there are several or none
     */
    public int label() {
        if (labels.length != 1) {
            throw new IllegalStateException("expected one label, found " + Arrays.toString(labels)
                    + "; several labels need a loss of several labels");
        }
        return labels[0];
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Annotation a
                && Arrays.equals(labels, a.labels)
                && weight == a.weight
                && Objects.equals(group, a.group)
                && part == a.part;
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(labels), weight, group, part);
    }

    @Override
    public String toString() {
        return "Annotation[labels=" + Arrays.toString(labels) + ", weight=" + weight + ", group=" + group + ", part="
                + part + "]";
    }
}
