package ai.softlabel.train;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Items that spare threads decode before their turn comes.
 *
 * @param items as they are stored
 * @param decode from the stored form
 * @param ahead how many are decoded before they are taken
 * @param wanted how many are taken from an order; it has no more
 */
record DecodedAhead<S, T>(Items<S> items, Function<S, T> decode, int ahead, long wanted) implements Items<T> {
    /** Beside the step's own threads; decoding is faster than a step on most machines. */
    private static final int THREADS = 2;

    @Override
    public Order<T> order(long seed, int epoch, Place from) {
        return new Decoding(items.order(seed, epoch, from));
    }

    @Override
    public Order<T> balanced(long seed, int epoch, Place from) {
        return new Decoding(items.balanced(seed, epoch, from));
    }

    private record Coming<T>(Future<T> item, int turn, Place place) {}

    private final class Decoding implements Order<T> {
        private final Order<S> stored;
        private long read;
        private int turn;
        private Place place;
        private final Queue<Coming<T>> coming = new ArrayDeque<>();
        private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread t = new Thread(task, "softlabel-decode");
            t.setDaemon(true);
            return t;
        });

        Decoding(Order<S> stored) {
            this.stored = stored;
            this.place = stored.place();
        }

        @Override
        public T next() {
            while (coming.size() < ahead && read < wanted) {
                S next = stored.next();
                read++;
                coming.add(new Coming<>(threads.submit(() -> decode.apply(next)), stored.turn(), stored.place()));
            }
            try {
                Coming<T> next = coming.remove();
                turn = next.turn();
                place = next.place();
                return next.item().get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a picture was decoded", e);
            }
        }

        @Override
        public int turn() {
            return turn;
        }

        @Override
        public Place place() {
            return place;
        }

        @Override
        public void close() {
            threads.shutdownNow();
            stored.close();
        }
    }
}
