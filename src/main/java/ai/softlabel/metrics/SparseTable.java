package ai.softlabel.metrics;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Rows of counts by a key, where few of the possible keys occur: memory by the keys that do, some 1.5 to 3 rows each.
 */
final class SparseTable implements Serializable {
    private static final long serialVersionUID = 1;

    private static final int FREE = -1;
    private static final int FIRST = 16;

    private final int width;
    private int size;
    private int[] keys = filled(FIRST);
    private long[] values;

    /** Rows of so many counts. */
    SparseTable(int width) {
        this.width = width;
        this.values = new long[FIRST * width];
    }

    /** Where a key's row starts in {@link #values}, a row of zeros where it is new; holds until the next call. */
    int open(int key) {
        if (3 * size >= 2 * keys.length) {
            grow();
        }
        int slot = slot(keys, key);
        if (keys[slot] == FREE) {
            keys[slot] = key;
            size++;
        }
        return slot * width;
    }

    void add(int key, int column, long value) {
        int at = open(key) + column;
        values[at] = Math.addExact(values[at], value);
    }

    /** A key's count; 0 where it is absent. */
    long get(int key, int column) {
        int slot = slot(keys, key);
        return keys[slot] == FREE ? 0 : values[slot * width + column];
    }

    void addAll(SparseTable other) {
        for (int key : other.keys()) {
            for (int column = 0; column < width; column++) {
                add(key, column, other.get(key, column));
            }
        }
    }

    /** The keys, rising. */
    int[] keys() {
        return Arrays.stream(keys).filter(k -> k != FREE).sorted().toArray();
    }

    private void grow() {
        int[] now = filled(2 * keys.length);
        long[] moved = new long[now.length * width];
        for (int from = 0; from < keys.length; from++) {
            if (keys[from] != FREE) {
                int to = slot(now, keys[from]);
                now[to] = keys[from];
                System.arraycopy(values, from * width, moved, to * width, width);
            }
        }
        keys = now;
        values = moved;
    }

    /** The slot of a key, or the free one where it belongs; the number of slots is a power of 2. */
    private static int slot(int[] keys, int key) {
        int hash = key * 0x9E3779B9;
        int slot = (hash ^ hash >>> 15) & keys.length - 1;
        while (keys[slot] != FREE && keys[slot] != key) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }

    private static int[] filled(int slots) {
        int[] keys = new int[slots];
        Arrays.fill(keys, FREE);
        return keys;
    }
}
