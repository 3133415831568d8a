package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.spark.TaskCount;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where names come from: the driver looks itself, or tasks do. */
interface Lister {
    /** What is in a folder or in a file. */
    @FunctionalInterface
    interface Expansion<T, U> extends Serializable {
        /** @param seen counts the names as they come */
        List<U> of(T one, TaskCount seen);
    }

    /** What makes a list at one place. */
    @FunctionalInterface
    interface Made<U> extends Serializable {
        List<U> list();
    }

    /** A row of a table. */
    @FunctionalInterface
    interface Numbered<U> extends Serializable {
        /** @param number counts from 1 */
        U of(int number, Row row);
    }

    /** Everything below {@code from} in a folder ("" is the root). */
    Bag<Item> items(PictureFolder folder, String from);

    /**
     * The items in several folders or files.
     *
     * @param failed what stands in place of the items that a task could not list
     */
    <T, U> Bag<U> expanded(List<T> of, Expansion<T, U> expansion, Bag.Each<JobException, U> failed);

    /** What one task makes, or the driver; see {@link #expanded}. */
    <U> Bag<U> made(Made<U> made, Bag.Each<JobException, U> failed);

    <T> Bag<T> rows(Dataset<Row> table, Numbered<T> row);

    /** Of what the driver has. */
    <T> Bag<T> of(List<T> few);
}
