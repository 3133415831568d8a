package ai.softlabel.score;

import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.spark.TaskCount;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * What a compiled network makes of items, in their order, a batch at a time: memory holds one batch. The network is
 * made on a native thread with the first batch, and closed after the last one or with the task.
 */
final class BatchStream<T, R> implements Iterator<R> {
    /** What works on a batch, on the native thread that made it. */
    interface Work<T, R> extends AutoCloseable {
        List<R> of(List<T> some);

        @Override
        void close();
    }

    private final Iterator<T> items;
    private final int batch;
    private final int threads;
    private final Supplier<Work<T, R>> maker;
    private final TaskCount count;
    private Iterator<R> ready = List.<R>of().iterator();
    private NativeThread thread;
    private Work<T, R> work;

    /**
     * @param threads OpenMP threads of the native thread
     * @param count adds each batch's pictures
     */
    BatchStream(Iterator<T> items, int batch, int threads, Supplier<Work<T, R>> maker, TaskCount count) {
        this.count = count;
        this.items = items;
        this.batch = batch;
        this.threads = threads;
        this.maker = maker;
        TaskContext task = TaskContext.get();
        if (task != null) {
            task.addTaskCompletionListener((TaskCompletionListener) t -> end());
        }
    }

    @Override
    public boolean hasNext() {
        if (!ready.hasNext()) {
            List<T> some = new ArrayList<>(batch);
            while (some.size() < batch && items.hasNext()) {
                some.add(items.next());
            }
            if (some.isEmpty()) {
                end();
            } else {
                ready = scored(some).iterator();
                count.add(some.size());
            }
        }
        return ready.hasNext();
    }

    private List<R> scored(List<T> some) {
        if (thread == null) {
            thread = NativeThread.borrow(threads);
        }
        return thread.call(() -> {
            if (work == null) {
                work = maker.get();
            }
            return work.of(some);
        });
    }

    private void end() {
        NativeThread mine = thread;
        if (mine != null) {
            thread = null;
            try (mine) {
                mine.call(() -> {
                    if (work != null) {
                        work.close();
                        work = null;
                    }
                    return null;
                });
            }
        }
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.next();
    }
}
