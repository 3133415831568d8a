package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Items that lie in blocks, of which memory holds a window. An epoch takes the blocks in the order of a hash of seed,
 * epoch and the block's number, as many at a time as a window has, and shuffles the items of a window by the hash that
 * {@link Items#of} uses: items that fit in one window have the same order in both. A thread reads the next window while
 * the items of this one are taken, as they make room. Where the classes take turns, they do so within a window, with
 * the items that are in it.
 *
 * @param blocks how many there are
 * @param perWindow blocks of a window
 * @param perBlock the most items of a block
 * @param read reads a block
 */
record BlockItems<T extends Ranked>(int blocks, int perWindow, int perBlock, IntFunction<List<T>> read)
        implements Items<T> {
    @Override
    public Order<T> order(long seed, int epoch, Place from) {
        return new Windows(seed, epoch, from, false);
    }

    @Override
    public Order<T> balanced(long seed, int epoch, Place from) {
        return new Windows(seed, epoch, from, true);
    }

    /** The blocks of each window: as many windows as are needed, of nearly the same size. */
    List<List<Integer>> windows(long seed, int epoch) {
        List<Integer> order = IntStream.range(0, blocks)
                .boxed()
                .sorted(Comparator.comparingLong((Integer b) -> Seeds.key(seed, "blocks", epoch, b))
                        .thenComparing(b -> b))
                .toList();
        int count = (blocks + perWindow - 1) / perWindow;
        List<List<Integer>> windows = new ArrayList<>();
        for (int w = 0; w < count; w++) {
            windows.add(order.subList((int) ((long) w * blocks / count), (int) ((long) (w + 1) * blocks / count)));
        }
        return windows;
    }

    /** What the reading thread hands over: a window's items in their order, or why there are none. */
    private record Handed<T extends Ranked>(List<Drawn<T>> items, Throwable failure) {}

    private final class Windows implements Order<T> {
        private static final long POLL_MILLIS = 100;

        private final long seed;
        private final int epoch;
        private final boolean balanced;
        private final List<List<Integer>> windows;
        // A window, and a block on its way.
        private final Semaphore room = new Semaphore((perWindow + 1) * perBlock);
        private final BlockingQueue<Handed<T>> handed = new ArrayBlockingQueue<>(1);
        private List<Drawn<T>> window = List.of();
        // How often each item of the window is still to come.
        private IdentityHashMap<T, Integer> left = new IdentityHashMap<>();
        private int at;
        private int turn;
        // Windows that were handed over, of the reader's present round.
        private int taken;
        private int skipped;
        private volatile boolean closed;
        private Thread reader;

        Windows(long seed, int epoch, Place from, boolean balanced) {
            this.seed = seed;
            this.epoch = epoch;
            this.balanced = balanced;
            this.windows = windows(seed, epoch);
            this.taken = from.window();
            this.skipped = from.taken();
            start();
        }

        private void start() {
            int first = taken;
            reader = new Thread(() -> readFrom(first), "softlabel-blocks");
            reader.setDaemon(true);
            reader.start();
        }

        private void readFrom(int first) {
            try {
                for (List<Integer> blocksOf : windows.subList(first, windows.size())) {
                    List<T> items = new ArrayList<>();
                    for (int block : blocksOf) {
                        room.acquire(perBlock);
                        List<T> found = read.apply(block);
                        items.addAll(found);
                        room.release(perBlock - found.size());
                    }
                    List<Drawn<T>> order =
                            balanced ? Drawn.balanced(items, seed, epoch) : Drawn.once(items, seed, epoch);
                    handed.put(new Handed<>(new ArrayList<>(order), null));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Throwable t) {
                fail(t);
            }
        }

        private void fail(Throwable t) {
            try {
                handed.put(new Handed<>(null, t));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public T next() {
            while (at == window.size()) {
                if (taken == windows.size()) {
                    taken = 0;
                    start();
                }
                begin(await());
                for (; skipped > 0; skipped--) {
                    drop();
                }
            }
            return drop();
        }

        private void begin(List<Drawn<T>> next) {
            window = next;
            taken++;
            at = 0;
            left = new IdentityHashMap<>();
            next.forEach(d -> left.merge(d.item(), 1, Integer::sum));
            // Items of large classes that do not come in this epoch.
            room.release(next.size() - left.size());
        }

        private T drop() {
            Drawn<T> drawn = window.get(at);
            window.set(at++, null);
            turn = drawn.turn();
            if (left.merge(drawn.item(), -1, Integer::sum) == 0) {
                left.remove(drawn.item());
                room.release();
            }
            return drawn.item();
        }

        @Override
        public int turn() {
            return turn;
        }

        @Override
        public Place place() {
            // Before the first item is taken, where it starts; after it, within the window taken last.
            return window.isEmpty() ? new Place(taken, skipped) : new Place(taken - 1, at);
        }

        private List<Drawn<T>> await() {
            try {
                while (!closed) {
                    Handed<T> next = handed.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                    if (next != null && next.failure() != null) {
                        throw failed(next.failure());
                    } else if (next != null) {
                        return next.items();
                    }
                }
                throw new IllegalStateException("the epoch ended while a block was awaited");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a block was awaited", e);
            }
        }

        private RuntimeException failed(Throwable t) {
            return t instanceof RuntimeException r ? r : new IllegalStateException(t.toString(), t);
        }

        @Override
        public void close() {
            closed = true;
            reader.interrupt();
            try {
                reader.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
