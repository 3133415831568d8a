package ai.softlabel.spark;

import ai.softlabel.JobException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The messages of one stage's executors to this one, peer to peer; the driver hears of none of them. A message's
 * arrival is the synchronisation. It is named by its kind, a number and its sender's index, and is gone once it was
 * taken.
 */
public final class Mailbox {
    private static final long POLL_MILLIS = 50;

    final String name;
    int users;

    private final Transport transport;
    private final Map<Key, ByteBuffer> arrived = new HashMap<>();
    // Arrays of the model's size are dear to allocate in each step.
    private final Map<String, Deque<ByteBuffer>> spare = new HashMap<>();
    private Throwable failure;

    private record Key(String kind, int number, int from) {}

    Mailbox(String name, Transport transport) {
        this.name = name;
        this.transport = transport;
    }

    /**
     * Sends a message.
     *
     * @param bytes must not change until the other end has taken them
     * @param from this executor's index
     * @throws IllegalStateException where the other end can't be reached
     */
    public void send(Peer to, String kind, int number, int from, ByteBuffer bytes) throws InterruptedException {
        try {
            transport.push(to, new Transport.Letter(name, kind, number, from, bytes.remaining()), bytes, this::fail);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /**
     * Waits for a message and takes it.
     *
     * @param timeoutSeconds how long
     * @param cancelled whether to give up
     * @return the message's bytes, little-endian, to be given back by {@link #release}
     * @throws JobException of status 4 that names the silent sender, where it does not come in time
     * @throws IllegalStateException where a message of one's own has not reached its end
     */
    public ByteBuffer take(
            Peer sender, String kind, int number, int from, double timeoutSeconds, BooleanSupplier cancelled)
            throws InterruptedException {
        ByteBuffer bytes = await(new Key(kind, number, from), timeoutSeconds, cancelled);
        if (bytes == null) {
            throw JobException.training(
                    "expected executor %s on %s to answer within %.0f s in step %d, found silence; see its log, or raise --step-timeout",
                    sender.executor(), sender.host(), timeoutSeconds, number);
        }
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Lets the bytes of a message that was taken be used for the next of its kind. */
    public synchronized void release(String kind, ByteBuffer bytes) {
        spare.computeIfAbsent(kind, k -> new ArrayDeque<>()).push(bytes);
    }

    private synchronized ByteBuffer await(Key key, double timeoutSeconds, BooleanSupplier cancelled)
            throws InterruptedException {
        long deadline = System.nanoTime() + (long) (timeoutSeconds * 1e9);
        while (true) {
            ByteBuffer bytes = arrived.remove(key);
            if (bytes != null) {
                return bytes;
            }
            if (failure != null) {
                throw unreachable(failure);
            }
            if (cancelled.getAsBoolean()) {
                throw new InterruptedException("the stage was cancelled");
            }
            if (System.nanoTime() > deadline) {
                return null;
            }
            TimeUnit.MILLISECONDS.timedWait(this, POLL_MILLIS);
        }
    }

    private static IllegalStateException unreachable(Throwable cause) {
        return new IllegalStateException(
                "expected a message to reach its executor, found " + cause.getMessage(), cause);
    }

    private synchronized void fail(Throwable cause) {
        failure = cause;
        notifyAll();
    }

    /** Room for a message that begins to arrive. */
    synchronized ByteBuffer room(Transport.Letter letter) {
        Deque<ByteBuffer> free = spare.get(letter.kind());
        ByteBuffer bytes = free == null ? null : free.poll();
        return bytes == null || bytes.capacity() < letter.size()
                ? ByteBuffer.allocate(letter.size())
                : bytes.clear().limit(letter.size());
    }

    synchronized void put(Transport.Letter letter, ByteBuffer bytes) {
        arrived.put(new Key(letter.kind(), letter.number(), letter.from()), bytes);
        notifyAll();
    }
}
