package ai.softlabel.data;

import ai.softlabel.data.Listing.Entry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The names, labels and content hashes of pictures that are used, 32 bytes for each beside its entry in the listing,
 * and the one hash over all of them.
 */
public final class Digests {
    private static final int BYTES = 32;

    private final List<Entry> entries;
    private final byte[] hashes;

    /** @param hashes SHA-256 of each picture's file, one after another */
    private Digests(List<Entry> entries, byte[] hashes) {
        this.entries = entries;
        this.hashes = hashes;
    }

    /** Collects the hashes of those that are used, in the listing's order. */
    static final class Builder {
        private final List<Entry> entries;
        private final byte[] hashes;

        Builder(int most) {
            entries = new ArrayList<>(most);
            hashes = new byte[Math.multiplyExact(most, BYTES)];
        }

        void add(Entry entry, byte[] from, int at) {
            System.arraycopy(from, at, hashes, entries.size() * BYTES, BYTES);
            entries.add(entry);
        }

        Digests build() {
            return new Digests(entries, hashes);
        }
    }

    private record Line(String name, Function<String, String> line) {
        String text() {
            return line.apply(name);
        }

        /** By text; most names differ before either ends, and then the rest of the lines need not be made. */
        static final Comparator<Line> ORDER = (a, b) -> {
            int n = Math.min(a.name.length(), b.name.length());
            for (int i = 0; i < n; i++) {
                if (a.name.charAt(i) != b.name.charAt(i)) {
                    return a.name.charAt(i) - b.name.charAt(i);
                }
            }
            return a.text().compareTo(b.text());
        };
    }

    private Stream<Line> lines() {
        List<Line> lines = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            int at = i * BYTES;
            String label = label(entries.get(i)) + weight(entries.get(i).weight());
            lines.add(new Line(
                    entries.get(i).name(),
                    name -> name + " " + label + " " + HexFormat.of().formatHex(hashes, at, at + BYTES)));
        }
        return lines.stream();
    }

    private static String label(Entry e) {
        return e.labels() == null ? Integer.toString(e.label()) : e.labels().toString();
    }

    /** What a line says of a weight: nothing where it is 1. */
    static String weight(double weight) {
        return weight == 1 ? "" : " " + weight;
    }

    /** The SHA-256 of each picture's file in hexadecimal, by name. */
    public Map<String, String> byName() {
        Map<String, String> out = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            out.put(entries.get(i).name(), HexFormat.of().formatHex(hashes, i * BYTES, (i + 1) * BYTES));
        }
        return out;
    }

    /**
     * One hash for all pictures used: the SHA-256 of their lines "name label sha256" ("name label weight sha256" where
     * the weight is not 1), sorted and joined by line feeds, which are never in memory together.
     */
    public static String fingerprint(List<Digests> parts) {
        return hash(parts.stream().flatMap(Digests::lines));
    }

    /** The same over the names and classes of a listing. */
    public static String of(Listing listing) {
        return hash(listing.entries().stream().map(e -> new Line(e.name(), name -> name + " " + listing.labelOf(e))));
    }

    private static String hash(Stream<Line> lines) {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        boolean[] first = {true};
        lines.sorted(Line.ORDER).forEachOrdered(line -> {
            if (!first[0]) {
                sha.update((byte) '\n');
            }
            first[0] = false;
            sha.update(line.text().getBytes(StandardCharsets.UTF_8));
        });
        return HexFormat.of().formatHex(sha.digest());
    }
}
