package ai.softlabel.data;

import java.io.Serializable;
import java.util.Comparator;

/**
 * The order of outcomes in a listing: by group, then by number, then by path.
 *
 * @param walked whether paths come as a walk meets them, name by name of the folders; otherwise as their letters do
 */
record Order(boolean walked) implements Comparator<Outcome>, Serializable {
    @Override
    public int compare(Outcome a, Outcome b) {
        int first =
                a.group() == b.group() ? Long.compare(a.number(), b.number()) : Integer.compare(a.group(), b.group());
        return first != 0 ? first : walked ? walk(a.name(), b.name()) : a.name().compareTo(b.name());
    }

    /** Compares paths name by name: what ends a name comes before all letters. */
    static int walk(String a, String b) {
        int n = Math.min(a.length(), b.length());
        for (int i = 0; i < n; i++) {
            char of = a.charAt(i);
            char other = b.charAt(i);
            if (of != other) {
                return of == '/' ? -1 : other == '/' ? 1 : of - other;
            }
        }
        return a.length() - b.length();
    }
}
