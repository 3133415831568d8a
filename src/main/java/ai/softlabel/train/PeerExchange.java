package ai.softlabel.train;

import ai.softlabel.optim.GradientNorms;
import ai.softlabel.spark.Mailbox;
import ai.softlabel.spark.Peer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Reduce-scatter and all-gather between executors, peer to peer: each pushes every other's slice of its gradients to
 * it, sums and optimises its own, and pushes the new weights. The messages are the synchronisation; the driver carries
 * nothing. Over a {@link Wire} that rounds, the sums are of rounded gradients, and what is handed out is how far each
 * weight moved, rounded: every executor, the owner too, adds that to what it had, so that all have the same weights in
 * full precision.
 */
final class PeerExchange implements Exchange {
    private static final String GRADIENTS = "g";
    private static final String WEIGHTS = "w";
    private static final String FIGURES = "f";

    /** The kinds of messages that executors send each other. */
    static final Set<String> KINDS = Set.of(GRADIENTS, WEIGHTS, FIGURES);

    private final List<Peer> executors;
    private final int me;
    private final Slice active;
    private final Slice[] slices;
    private final Wire wire;
    private final Mailbox mailbox;
    private final double timeout;
    private final BooleanSupplier cancelled;
    // For each other its slice of the gradients, and for all of them the own slice of the weights. Each is free again
    // when it is written anew: every executor has taken the gradients of a step before it hands out weights, and the
    // weights of a step before it sends gradients of the next.
    private final ByteBuffer[] outgoing;
    private final ByteBuffer[] arrived;
    private long bytes;

    /**
     * @param executors all executors, in the order of their first partition
     * @param me this one's index
     * @param active the range of the flat arrays that learns
     * @param replicas of this executor
     * @param timeout seconds that another executor may be silent
     * @param cancelled whether to give up
     */
    PeerExchange(
            List<Peer> executors,
            int me,
            Slice active,
            int replicas,
            Wire wire,
            Mailbox mailbox,
            double timeout,
            BooleanSupplier cancelled) {
        this.executors = executors;
        this.me = me;
        this.active = active;
        this.wire = wire;
        this.mailbox = mailbox;
        this.timeout = timeout;
        this.cancelled = cancelled;
        this.arrived = new ByteBuffer[executors.size()];
        this.outgoing = new ByteBuffer[executors.size()];
        this.slices = new Slice[executors.size()];
        for (int i = 0; i < members(); i++) {
            slices[i] = active.part(i, members());
            // The losses go along with the gradients.
            outgoing[i] = room(wire.bytes() * slices[i].size() + (i == me ? 0 : Double.BYTES * replicas));
        }
    }

    /**
     * The most bytes that a message has.
     *
     * @param size of the flat arrays
     * @param replicas of all executors
     */
    static int mostBytes(int size, int replicas) {
        // Half of the arrays, once for each sum that an executor can't finish alone, which are at most half of the
        // replicas where there are two executors; and some figures.
        long most = (long) Float.BYTES * (size / 2 + GradientNorms.GRID) * Math.max(1, replicas - 1)
                + (long) Double.BYTES * (replicas + size / GradientNorms.GRID + 1024);
        return (int) Math.min(most, Integer.MAX_VALUE - 8);
    }

    @Override
    public Slice active() {
        return active;
    }

    @Override
    public Slice mine() {
        return slices[me];
    }

    @Override
    public int members() {
        return executors.size();
    }

    @Override
    public void offer(float[] sums, int from, int to) {
        for (int member = 0; member < members(); member++) {
            Slice slice = slices[member];
            int begin = Math.max(from, slice.from());
            int end = Math.min(to, slice.to());
            if (member != me && begin < end) {
                wire.write(sums, begin, end - begin, at(outgoing[member], begin - slice.from()));
            }
        }
    }

    @Override
    public double[] reduce(int step, double[] losses) throws InterruptedException {
        // Not all begin with the same receiver.
        for (int i = 1; i < members(); i++) {
            int to = (me + i) % members();
            ByteBuffer message = outgoing[to].clear();
            write(losses, message.position(wire.bytes() * slices[to].size()));
            send(to, GRADIENTS, step, message.flip());
        }
        double[][] all = new double[members()][];
        all[me] = losses;
        for (int from = 0; from < members(); from++) {
            if (from != me) {
                arrived[from] = take(GRADIENTS, step, from);
                all[from] = figures(arrived[from].position(wire.bytes() * mine().size()));
            }
        }
        return joined(all);
    }

    @Override
    public void sum(float[] sums, int from, int to, float[][] scratch) {
        int n = to - from;
        for (int member = 0; member < members(); member++) {
            if (member == me) {
                System.arraycopy(sums, from, scratch[member], 0, n);
            } else {
                wire.read(at(arrived[member], from - mine().from()), from, scratch[member], 0, n);
            }
        }
        TreeSum.sum(scratch, 0, n, scratch[0]);
    }

    @Override
    public void move(float[] weights, float[] moved, int from, int to) {
        wire.writeChanges(weights, from, moved, to - from, at(outgoing[me], from - mine().from()));
    }

    @Override
    public void gather(int step, float[] weights) throws InterruptedException {
        for (int from = 0; from < members(); from++) {
            if (from != me) {
                mailbox.release(GRADIENTS, arrived[from]);
                arrived[from] = null;
            }
        }
        ByteBuffer message = outgoing[me].clear();
        for (int i = 1; i < members(); i++) {
            send((me + i) % members(), WEIGHTS, step, message.duplicate());
        }
        for (int i = 1; i < members(); i++) {
            int from = (me + i) % members();
            ByteBuffer theirs = take(WEIGHTS, step, from);
            wire.readChanges(theirs, weights, slices[from].from(), slices[from].size());
            mailbox.release(WEIGHTS, theirs);
        }
    }

    @Override
    public double[] share(int step, double[] figures) throws InterruptedException {
        ByteBuffer message = room(Double.BYTES * figures.length);
        write(figures, message);
        message.flip();
        for (int i = 1; i < members(); i++) {
            send((me + i) % members(), FIGURES, step, message.duplicate());
        }
        double[][] all = new double[members()][];
        all[me] = figures;
        for (int from = 0; from < members(); from++) {
            if (from != me) {
                ByteBuffer theirs = take(FIGURES, step, from);
                all[from] = figures(theirs);
                mailbox.release(FIGURES, theirs);
            }
        }
        return joined(all);
    }

    @Override
    public long bytesSent() {
        return bytes;
    }

    private static ByteBuffer room(int size) {
        // Outside the heap, where the socket takes them from.
        return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A message from its {@code index}-th number on; other tasks may be at other places of it. */
    private ByteBuffer at(ByteBuffer message, int index) {
        return message.duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .limit(message.capacity())
                .position(wire.bytes() * index);
    }

    private static void write(double[] figures, ByteBuffer message) {
        for (double f : figures) {
            message.putDouble(f);
        }
    }

    private static double[] figures(ByteBuffer message) {
        double[] out = new double[message.remaining() / Double.BYTES];
        for (int i = 0; i < out.length; i++) {
            out[i] = message.getDouble();
        }
        return out;
    }

    private static double[] joined(double[][] all) {
        return Arrays.stream(all).flatMapToDouble(Arrays::stream).toArray();
    }

    private void send(int to, String kind, int step, ByteBuffer message) throws InterruptedException {
        bytes += message.remaining();
        mailbox.send(executors.get(to), kind, step, me, message);
    }

    private ByteBuffer take(String kind, int step, int from) throws InterruptedException {
        return mailbox.take(executors.get(from), kind, step, from, timeout, cancelled);
    }
}
