package ai.softlabel.data;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.spark.TaskCount;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;

/**
 * The names of pictures, on the executors: tasks list the folders, or the files of a packed set. The driver learns what
 * folders there are, how many pictures, and how many files that can't be one. Memory of an executor holds the names of
 * a folder or of a packed file at a time; Spark's storage has all of them until this is closed.
 */
public final class Names implements AutoCloseable {
    private static final int TASKS_PER_SLOT = 4;

    private final List<JavaRDD<Item>> items;
    private final Tally tally;
    private final Source source;

    private Names(List<JavaRDD<Item>> items, Tally tally, Source source) {
        this.items = items;
        this.tally = tally;
        this.source = source;
    }

    /** How many pictures there are. */
    public long count() {
        return tally.pictures();
    }

    /** How many files can't be used. */
    public long rejected() {
        return tally.rejected();
    }

    /** How many of these count against the share of pictures that may be rejected. */
    public long counted() {
        return tally.counted();
    }

    /** One that can't be used, the first by path of those that count where one does; null where there is none. */
    public Rejection example() {
        return tally.example();
    }

    /** The pictures, in no order. */
    public JavaRDD<String> pictures() {
        return items().filter(Item::picture).map(Item::path);
    }

    /** The files that can't be used, in no order. */
    public JavaRDD<Rejection> rejections() {
        return items().filter(item -> !item.folder() && item.problem() != null).map(Item::rejection);
    }

    /** The folders too, but the root; in no order. */
    JavaRDD<Item> items() {
        return items.stream().reduce(JavaRDD::union).orElseThrow();
    }

    /** Reads the pictures, on any executor. */
    public Source source() {
        return source;
    }

    /** Frees Spark's storage. */
    @Override
    public void close() {
        items.forEach(i -> i.unpersist(false));
    }

    /** What the driver learns of items. */
    private record Tally(List<Item> folders, long pictures, long rejected, long counted, Rejection example)
            implements Serializable {
        static Tally of(Iterator<Item> items) {
            List<Item> folders = new ArrayList<>();
            long pictures = 0;
            long rejected = 0;
            long counted = 0;
            Rejection example = null;
            while (items.hasNext()) {
                Item item = items.next();
                if (item.folder()) {
                    folders.add(item);
                } else if (item.picture()) {
                    pictures++;
                } else {
                    rejected++;
                    counted += item.counts() ? 1 : 0;
                    example = first(example, item.rejection());
                }
            }
            return new Tally(folders, pictures, rejected, counted, example);
        }

        /** @throws JobException of status 3 where a task could not list its items */
        static Tally of(JavaRDD<Item> items) {
            Tally all = items.mapPartitions(it -> List.of(Tally.of(it)).iterator()).collect().stream()
                    .reduce(Tally::plus)
                    .orElse(new Tally(List.of(), 0, 0, 0, null));
            for (Item folder : all.folders()) {
                if (folder.failed()) {
                    throw new JobException(ExitStatus.INPUT, folder.problem());
                }
            }
            return all;
        }

        Tally withoutFolders() {
            return new Tally(List.of(), pictures, rejected, counted, example);
        }

        Tally plus(Tally other) {
            List<Item> both = new ArrayList<>(folders);
            both.addAll(other.folders);
            return new Tally(
                    both,
                    pictures + other.pictures,
                    rejected + other.rejected,
                    counted + other.counted,
                    first(example, other.example));
        }

        private static Rejection first(Rejection a, Rejection b) {
            if (a == null || b == null) {
                return a == null ? b : a;
            }
            boolean own = a.counts() == b.counts() ? a.path().compareTo(b.path()) <= 0 : a.counts();
            return own ? a : b;
        }
    }

    /** Lists everything below {@code from} in a folder ("" is the root), level by level. */
    static Names of(PictureFolder folder, String from, JavaSparkContext spark) {
        List<JavaRDD<Item>> levels = new ArrayList<>();
        boolean done = false;
        try {
            List<Tally> tallies = new ArrayList<>();
            List<String> level = List.of(from);
            int tasks = 0;
            while (!level.isEmpty()) {
                JavaRDD<Item> items = kept(listed(spark, level, tasks, folder.storage()));
                levels.add(items);
                Tally found = Tally.of(items);
                found.folders().forEach(folder::requireUsable);
                if (found.folders().stream().anyMatch(Item::link)) {
                    return linked(folder, from, spark);
                }
                tallies.add(found.withoutFolders());
                level = found.folders().stream().map(Item::path).toList();
                tasks += items.getNumPartitions();
            }
            Tally all = tallies.stream().reduce(Tally::plus).orElseThrow();
            done = true;
            return new Names(levels, all, folder.storage());
        } finally {
            if (!done) {
                levels.forEach(l -> l.unpersist(false));
            }
        }
    }

    /**
     * Which name counts of a folder that has several depends on the whole walk: the driver goes through the folders.
     */
    private static Names linked(PictureFolder folder, String from, JavaSparkContext spark) {
        List<String> folders = new ArrayList<>(List.of(from));
        List<Item> met = new ArrayList<>();
        folder.walk(from, item -> {
            if (item.folder()) {
                met.add(item.problem() == null ? item : Item.of(item.rejection()));
            }
            if (item.folder() && item.problem() == null) {
                folders.add(item.path());
            }
        });
        JavaRDD<Item> files =
                listed(spark, folders, 0, folder.storage()).filter(item -> !item.folder() || item.failed());
        return of(met.isEmpty() ? files : files.union(spark.parallelize(met)), folder.storage());
    }

    /** Of items that tasks make. */
    static Names of(JavaRDD<Item> items, Source source) {
        JavaRDD<Item> kept = kept(items);
        boolean done = false;
        try {
            Names names = new Names(List.of(kept), Tally.of(kept), source);
            done = true;
            return names;
        } finally {
            if (!done) {
                kept.unpersist(false);
            }
        }
    }

    private static JavaRDD<Item> kept(JavaRDD<Item> items) {
        return items.setName("names of pictures").persist(StorageLevel.MEMORY_AND_DISK_SER());
    }

    private static JavaRDD<Item> listed(JavaSparkContext spark, List<String> folders, int firstTask, Storage storage) {
        return expanded(
                spark,
                folders,
                firstTask,
                (folder, seen) -> new PictureFolder(storage).items(folder, seen),
                Item::failed);
    }

    /**
     * The items in several folders or files.
     *
     * @param firstTask the number of the first task among those of the same listing
     * @param failed what stands in place of the items that a task could not list. An exception would be tried again and
     *     logged with its trace: the driver says it, in one line
     */
    static <T, U> JavaRDD<U> expanded(
            JavaSparkContext spark,
            List<T> of,
            int firstTask,
            Lister.Expansion<T, U> expansion,
            Bag.Each<JobException, U> failed) {
        int most = TASKS_PER_SLOT * spark.defaultParallelism();
        return spark.parallelize(of, Math.min(of.size(), most))
                .mapPartitionsWithIndex(
                        (p, some) -> {
                            TaskCount seen = new TaskCount(Layouts.PROGRESS, firstTask + p);
                            return new Expanded<>(
                                    some,
                                    one -> {
                                        try {
                                            return expansion.of(one, seen);
                                        } catch (JobException e) {
                                            return List.of(failed.of(e));
                                        }
                                    },
                                    seen);
                        },
                        true);
    }

    /** One after another, so that only one lies in memory. */
    private static final class Expanded<T, U> implements Iterator<U> {
        private final Iterator<T> rest;
        private final Function<T, List<U>> expansion;
        private final TaskCount seen;
        private Iterator<U> some = Collections.emptyIterator();

        Expanded(Iterator<T> rest, Function<T, List<U>> expansion, TaskCount seen) {
            this.rest = rest;
            this.expansion = expansion;
            this.seen = seen;
        }

        @Override
        public boolean hasNext() {
            while (!some.hasNext() && rest.hasNext()) {
                some = expansion.apply(rest.next()).iterator();
                if (!rest.hasNext()) {
                    seen.end();
                }
            }
            return some.hasNext();
        }

        @Override
        public U next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return some.next();
        }
    }
}
