package ai.softlabel.train;

import ai.softlabel.spark.Mailbox;
import ai.softlabel.spark.Peer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Reduce-scatter and all-gather between executors, peer to peer: each pushes every other's slice of its gradients to
 * it, sums and optimises its own, and pushes the new weights. The messages are the synchronisation; the driver carries
 * nothing. Over a {@link Wire} that rounds, the sums are of rounded gradients, and what is handed out is how far each
 * weight moved, rounded: every executor, the owner too, adds that to what it had, so that all have the same weights in
 * full precision.
 */
final class PeerExchange implements Exchange {
    // Floats that are summed or moved at a time: a few such blocks fit the second-level cache.
    private static final int BLOCK = 1 << 13;
    private static final String GRADIENTS = "g";
    private static final String WEIGHTS = "w";
    private static final String FIGURES = "f";

    private final List<Peer> executors;
    private final int me;
    private final Slice active;
    private final Wire wire;
    private final Mailbox mailbox;
    private final double timeout;
    private final BooleanSupplier cancelled;
    // Each is free again when it is written anew: every executor has read the gradients of a step before it hands out
    // weights, and the weights of a step before it sends gradients of the next.
    private final ByteBuffer[] outgoing;
    private final float[][] blocks;
    // The weights of the own slice as all have them, where changes travel.
    private final float[] before;
    private long bytes;

    /**
     * @param executors all executors, in the order of their first partition
     * @param me this one's index
     * @param active the range of the flat arrays that learns
     * @param weights as the stage begins
     * @param timeout seconds that another executor may be silent
     * @param cancelled whether to give up
     */
    PeerExchange(
            List<Peer> executors,
            int me,
            Slice active,
            Wire wire,
            float[] weights,
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
        this.outgoing = new ByteBuffer[executors.size()];
        this.blocks = new float[executors.size()][BLOCK];
        this.before = wire.rounds() ? Arrays.copyOfRange(weights, mine().from(), mine().to()) : null;
    }

    @Override
    public Slice active() {
        return active;
    }

    @Override
    public Slice mine() {
        return slice(me);
    }

    private Slice slice(int member) {
        return active.part(member, members());
    }

    @Override
    public int members() {
        return executors.size();
    }

    @Override
    public double[] reduce(int step, float[] sums, double[] losses) throws InterruptedException {
        // Not all begin with the same receiver.
        for (int i = 1; i < members(); i++) {
            int to = (me + i) % members();
            ByteBuffer message = begin(to, slice(to), losses);
            wire.write(sums, slice(to).from(), slice(to).size(), message);
            send(to, GRADIENTS, step, message.flip());
        }
        ByteBuffer[] messages = new ByteBuffer[members()];
        double[][] all = new double[members()][];
        all[me] = losses;
        for (int from = 0; from < members(); from++) {
            if (from != me) {
                messages[from] = take(GRADIENTS, step, from);
                all[from] = figures(messages[from]);
            }
        }
        sum(messages, sums);
        for (int from = 0; from < members(); from++) {
            if (from != me) {
                mailbox.release(GRADIENTS, messages[from]);
            }
        }
        return joined(all);
    }

    private void sum(ByteBuffer[] messages, float[] sums) {
        Slice mine = mine();
        for (int at = mine.from(); at < mine.to(); at += BLOCK) {
            int n = Math.min(BLOCK, mine.to() - at);
            for (int from = 0; from < members(); from++) {
                if (from == me) {
                    System.arraycopy(sums, at, blocks[from], 0, n);
                } else {
                    wire.read(messages[from], blocks[from], 0, n);
                }
            }
            TreeSum.sum(blocks, 0, n, blocks[0]);
            System.arraycopy(blocks[0], 0, sums, at, n);
        }
    }

    @Override
    public void gather(int step, float[] weights) throws InterruptedException {
        ByteBuffer message = begin(me, mine(), new double[0]);
        wire.writeChanges(before, weights, mine().from(), mine().size(), message);
        message.flip();
        for (int i = 1; i < members(); i++) {
            send((me + i) % members(), WEIGHTS, step, message.duplicate());
        }
        for (int i = 1; i < members(); i++) {
            int from = (me + i) % members();
            ByteBuffer arrived = take(WEIGHTS, step, from);
            figures(arrived);
            wire.readChanges(arrived, weights, slice(from).from(), slice(from).size());
            mailbox.release(WEIGHTS, arrived);
        }
    }

    @Override
    public double[] share(int step, double[] figures) throws InterruptedException {
        ByteBuffer message = room(new Slice(0, 0), figures);
        write(figures, message);
        message.flip();
        for (int i = 1; i < members(); i++) {
            send((me + i) % members(), FIGURES, step, message.duplicate());
        }
        double[][] all = new double[members()][];
        all[me] = figures;
        for (int from = 0; from < members(); from++) {
            if (from != me) {
                ByteBuffer arrived = take(FIGURES, step, from);
                all[from] = figures(arrived);
                mailbox.release(FIGURES, arrived);
            }
        }
        return joined(all);
    }

    @Override
    public long bytesSent() {
        return bytes;
    }

    /** The buffer of a member's slice, with the figures that a message begins with. */
    private ByteBuffer begin(int member, Slice slice, double[] figures) {
        if (outgoing[member] == null) {
            outgoing[member] = room(slice, figures);
        }
        write(figures, outgoing[member].clear());
        return outgoing[member];
    }

    private ByteBuffer room(Slice slice, double[] figures) {
        // Outside the heap, where the socket takes them from.
        return ByteBuffer.allocateDirect(Integer.BYTES + Double.BYTES * figures.length + wire.bytes() * slice.size())
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void write(double[] figures, ByteBuffer message) {
        message.putInt(figures.length);
        for (double f : figures) {
            message.putDouble(f);
        }
    }

    private static double[] figures(ByteBuffer message) {
        double[] out = new double[message.getInt()];
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
