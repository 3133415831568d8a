package ai.softlabel.data;

import java.util.TreeMap;
import java.util.TreeSet;

/** The folders at the root of data and those in them, and which of them have files that are or would be pictures. */
final class TopFolders implements Bag.Sum<Item, TopFolders> {
    private static final long serialVersionUID = 1;

    private final TreeSet<String> with = new TreeSet<>();
    private final TreeMap<String, Item> nested = new TreeMap<>();

    @Override
    public void add(Item item) {
        int top = item.folder() ? -1 : FolderLayout.end(item.path(), 0);
        if (top < 0) {
            return;
        }
        with.add(item.path().substring(0, top));
        int second = FolderLayout.end(item.path(), 1);
        if (second > 0) {
            with.add(item.path().substring(0, second));
            nested.merge(item.path().substring(0, top), item, TopFolders::first);
        }
    }

    @Override
    public void plus(TopFolders other) {
        with.addAll(other.with);
        other.nested.forEach((top, item) -> nested.merge(top, item, TopFolders::first));
    }

    private static Item first(Item a, Item b) {
        boolean own = a.picture() == b.picture() ? Order.walk(a.path(), b.path()) <= 0 : a.picture();
        return own ? a : b;
    }

    /** Paths of those that have any. */
    TreeSet<String> with() {
        return with;
    }

    /** Those at the root that have any. */
    TreeSet<String> tops() {
        return at(0);
    }

    /** The names of those that have any at a depth of 0 or 1. */
    TreeSet<String> at(int depth) {
        TreeSet<String> names = new TreeSet<>();
        for (String folder : with) {
            int slash = folder.indexOf('/');
            if (slash < 0 == (depth == 0)) {
                names.add(folder.substring(slash + 1));
            }
        }
        return names;
    }

    /** The first file in a folder of one at the root, or null. */
    String nested(String top) {
        Item first = nested.get(top);
        return first == null ? null : first.path();
    }
}
