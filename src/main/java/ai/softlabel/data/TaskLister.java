package ai.softlabel.data;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Lists by tasks; names stay on executors, in Spark's storage until this is closed. */
final class TaskLister implements Lister, AutoCloseable {
    private final JavaSparkContext spark;
    private final List<Runnable> kept = new ArrayList<>();

    TaskLister(JavaSparkContext spark) {
        this.spark = spark;
    }

    @Override
    public Bag<Item> items(PictureFolder folder, String from) {
        Names names = Names.of(folder, from, spark);
        kept.add(names::close);
        return new TaskBag<>(names.items().map(TaskLister::found));
    }

    /** A folder that could be listed at first, and not again after its executor was lost. */
    private static Item found(Item item) {
        if (item.failed()) {
            throw new JobException(ExitStatus.INPUT, item.problem());
        }
        return item;
    }

    @Override
    public <T, U> Bag<U> expanded(List<T> of, Expansion<T, U> expansion, Bag.Each<JobException, U> failed) {
        return new TaskBag<>(kept(Names.expanded(spark, of, 0, expansion, failed)));
    }

    @Override
    public <U> Bag<U> made(Made<U> made, Bag.Each<JobException, U> failed) {
        return expanded(List.of(0), (one, seen) -> made.list(), failed);
    }

    @Override
    public <T> Bag<T> rows(Dataset<Row> table, Numbered<T> row) {
        JavaRDD<T> rows = kept(table.javaRDD().zipWithIndex().map(r -> row.of(Math.toIntExact(r._2() + 1), r._1())));
        // Whoever can't read the table says so here.
        rows.count();
        return new TaskBag<>(rows);
    }

    @Override
    public <T> Bag<T> of(List<T> few) {
        return new TaskBag<>(spark.parallelize(few));
    }

    private <T> JavaRDD<T> kept(JavaRDD<T> rdd) {
        JavaRDD<T> stored = rdd.persist(StorageLevel.MEMORY_AND_DISK_SER());
        kept.add(() -> stored.unpersist(false));
        return stored;
    }

    @Override
    public void close() {
        kept.forEach(Runnable::run);
    }
}
