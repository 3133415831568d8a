package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.spark.TaskCount;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Lists on the driver, and keeps all in its memory. */
final class DriverLister implements Lister {
    @Override
    public Bag<Item> items(PictureFolder folder, String from) {
        List<Item> items = new ArrayList<>();
        folder.walk(from, item -> items.add(item.problem() == null ? item : Item.of(item.rejection())));
        return new DriverBag<>(items);
    }

    @Override
    public <T, U> Bag<U> expanded(List<T> of, Expansion<T, U> expansion, Bag.Each<JobException, U> failed) {
        TaskCount seen = TaskCount.onDriver(Layouts.PROGRESS);
        List<U> all = of.parallelStream()
                .flatMap(one -> expansion.of(one, seen).stream())
                .toList();
        seen.end();
        return new DriverBag<>(all);
    }

    @Override
    public <U> Bag<U> made(Made<U> made, Bag.Each<JobException, U> failed) {
        return new DriverBag<>(made.list());
    }

    @Override
    public <T> Bag<T> rows(Dataset<Row> table, Numbered<T> row) {
        List<T> rows = new ArrayList<>();
        table.collectAsList().forEach(r -> rows.add(row.of(rows.size() + 1, r)));
        return new DriverBag<>(rows);
    }

    @Override
    public <T> Bag<T> of(List<T> few) {
        return new DriverBag<>(few);
    }
}
