package ai.softlabel.bigdl;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A long-lived thread for native kernels. BigDL's OpenMP teams belong to the calling thread, so graphs are made and run
 * on such a thread, which outlives Spark's tasks and keeps what it made. Threads are borrowed from a pool of the
 * process.
 */
public final class NativeThread implements AutoCloseable {
    private static final ArrayDeque<NativeThread> FREE = new ArrayDeque<>();
    private static final AtomicLong LOADING = new AtomicLong();
    private static int made;

    private final ExecutorService thread;
    private final Map<String, Kept> kept = new HashMap<>();
    private int team;

    private record Kept(Object key, AutoCloseable resource) {}

    private NativeThread(int number) {
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread t = new Thread(task, "softlabel-native-" + number);
            t.setDaemon(true);
            return t;
        });
    }

    /**
     * Borrows a thread; {@link #close} gives it back.
     *
     * @param team the number of OpenMP threads that its kernels use, at least 1
     */
    public static NativeThread borrow(int team) {
        NativeThread t;
        synchronized (FREE) {
            t = FREE.isEmpty() ? new NativeThread(made++) : FREE.pop();
        }
        t.call(() -> {
            long startTime = System.nanoTime();
            if (Engine.start()) {
                LOADING.set(System.nanoTime() - startTime);
            }
            if (t.team != team) {
                t.clear();
                Engine.threads(team);
                t.team = team;
            }
            return null;
        });
        return t;
    }

    /**
     * Seconds that this process took to start BigDL's engine, native libraries included. They are told once: the next
     * call gives 0, as does one in a process that has no native thread.
     */
    public static double loadSeconds() {
        return LOADING.getAndSet(0) / 1e9;
    }

    /** Runs a task on the thread and waits for it. */
    public <T> T call(Callable<T> task) {
        try {
            return thread.submit(task).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            } else if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while native kernels ran", e);
        }
    }

    /**
     * What the thread keeps under a name; made anew where {@code key} differs from the last call's, the old one being
     * closed. Call it on the thread itself.
     */
    public <R extends AutoCloseable> R keep(String name, Object key, Class<R> type, Supplier<R> maker) {
        Kept now = kept.get(name);
        if (now == null || !now.key().equals(key)) {
            drop(kept.remove(name));
            now = new Kept(key, maker.get());
            kept.put(name, now);
        }
        return type.cast(now.resource());
    }

    /** Closes what the thread keeps under a name. Call it on the thread itself. */
    public void drop(String name) {
        drop(kept.remove(name));
    }

    private void clear() {
        kept.values().forEach(NativeThread::drop);
        kept.clear();
    }

    private static void drop(Kept old) {
        if (old != null) {
            try {
                old.resource().close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Gives the thread back to the pool. */
    @Override
    public void close() {
        synchronized (FREE) {
            FREE.push(this);
        }
    }
}
