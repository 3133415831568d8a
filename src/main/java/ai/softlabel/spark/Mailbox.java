package ai.softlabel.spark;

import ai.softlabel.JobException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The messages of one stage's executors to this one, peer to peer; the driver hears of none of them. A message's
 * arrival is the synchronisation. It is named by its kind, its sender's index and a number: a sender numbers its
 * messages of a kind from {@link Limits#first} on, and sends the next when the last was taken. Anything else that
 * arrives is refused before there is room made for it, so that what a mailbox holds is bounded whoever writes to it.
 */
public final class Mailbox {
    private static final long POLL_MILLIS = 50;

    final String name;
    int users;

    private final Limits limits;
    private final Transport transport;
    private final Map<Key, Slot> slots = new HashMap<>();
    // Arrays of the model's size are dear to allocate in each step.
    private final Map<String, Deque<ByteBuffer>> spare = new HashMap<>();
    private Throwable failure;

    /**
     * What may arrive.
     *
     * @param kinds the messages' kinds
     * @param senders how many there are; their indices are from 0
     * @param bytes the most that one message has
     * @param first the number of a sender's first message of a kind, at least 0: a stage may begin within an epoch
     */
    public record Limits(Set<String> kinds, int senders, int bytes, int first) {}

    private record Key(String kind, int from) {}

    /** Where the next message of a kind and a sender goes. */
    private static final class Slot {
        int next;
        boolean coming;
        ByteBuffer arrived;

        Slot(int first) {
            next = first;
        }
    }

    Mailbox(String name, Limits limits, Transport transport) {
        this.name = name;
        this.limits = limits;
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
            transport.push(to, new Letter(name, kind, number, from, bytes.remaining()), bytes, this::fail);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /**
     * Waits for the next message of a kind and a sender and takes it.
     *
     * @param number its number, one more than the last one's
     * @param timeoutSeconds how long
     * @param cancelled whether to give up
     * @return the message's bytes, little-endian, to be given back by {@link #release}
     * @throws JobException of status 4 that names the silent sender, where it does not come in time
     * @throws IllegalStateException where a message of one's own has not reached its end
     */
    public ByteBuffer take(
            Peer sender, String kind, int number, int from, double timeoutSeconds, BooleanSupplier cancelled)
            throws InterruptedException {
        ByteBuffer bytes = await(new Key(kind, from), number, timeoutSeconds, cancelled);
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

    private Slot slot(Key key) {
        return slots.computeIfAbsent(key, k -> new Slot(limits.first()));
    }

    private synchronized ByteBuffer await(Key key, int number, double timeoutSeconds, BooleanSupplier cancelled)
            throws InterruptedException {
        Slot slot = slot(key);
        if (number != slot.next) {
            throw new IllegalArgumentException(
                    "expected message " + slot.next + " of " + key + " to be taken, found " + number);
        }
        long deadline = System.nanoTime() + (long) (timeoutSeconds * 1e9);
        while (true) {
            ByteBuffer bytes = slot.arrived;
            if (bytes != null) {
                slot.arrived = null;
                slot.next++;
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

    /** Room for a message that begins to arrive; null where it is refused. */
    synchronized ByteBuffer room(Letter letter) {
        if (!limits.kinds().contains(letter.kind())
                || letter.from() >= limits.senders()
                || letter.size() > limits.bytes()) {
            return null;
        }
        Slot slot = slot(new Key(letter.kind(), letter.from()));
        if (letter.number() != slot.next || slot.coming || slot.arrived != null) {
            return null;
        }
        slot.coming = true;
        Deque<ByteBuffer> free = spare.get(letter.kind());
        ByteBuffer bytes = free == null ? null : free.poll();
        return bytes == null || bytes.capacity() < letter.size()
                ? ByteBuffer.allocate(letter.size())
                : bytes.clear().limit(letter.size());
    }

    /** A message for which there was {@link #room} has arrived. */
    synchronized void put(Letter letter, ByteBuffer bytes) {
        Slot slot = slots.get(new Key(letter.kind(), letter.from()));
        slot.coming = false;
        slot.arrived = bytes;
        notifyAll();
    }

    /** A message for which there was {@link #room} does not arrive as it should. */
    synchronized void drop(Letter letter, ByteBuffer bytes) {
        slots.get(new Key(letter.kind(), letter.from())).coming = false;
        release(letter.kind(), bytes);
    }
}
