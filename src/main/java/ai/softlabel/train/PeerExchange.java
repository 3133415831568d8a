package ai.softlabel.train;

import ai.softlabel.optim.GradientNorms;
import ai.softlabel.spark.Mailbox;
import ai.softlabel.spark.Peer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
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

    // Small enough for the first-level cache.
    private static final int BLOCK = 2048;

    private final List<Peer> executors;
    private final int me;
    private final List<List<SumTree.Piece>> pieces = new ArrayList<>();
    private final List<int[]> replicas = new ArrayList<>();
    private final List<Placement.Part> parts;
    private final List<int[]> joins;
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
    private boolean wantsEnd;
    private boolean ends;
    private long bytes;

    /**
     * @param me this executor's index
     * @param active the range of the flat arrays that learns
     * @param timeout seconds that another executor may be silent
     * @param cancelled whether to give up
     */
    PeerExchange(
            Placement placement,
            int me,
            Slice active,
            Wire wire,
            Mailbox mailbox,
            double timeout,
            BooleanSupplier cancelled) {
        this.executors = placement.executors();
        this.parts = placement.parts();
        this.joins =
                placement.tree().joins(parts.stream().map(Placement.Part::piece).toList());
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
            pieces.add(placement.pieces(i));
            replicas.add(placement.replicasOf(i));
        }
        for (int i = 0; i < members(); i++) {
            outgoing[i] = room(i == me ? wire.bytes() * slices[i].size() : gradientBytes(me, i));
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
    public List<Range> pieces() {
        return pieces.get(me).stream()
                .map(p -> new Range(Arrays.binarySearch(replicas.get(me), p.first()), p.count()))
                .toList();
    }

    @Override
    public int parts() {
        return parts.size();
    }

    /** The sums' bytes from one executor to another. */
    private int sumBytes(int from, int to) {
        return wire.bytes() * slices[to].size() * pieces.get(from).size();
    }

    /** The losses go along with the gradients, and after them whether the stage is to end. */
    private int gradientBytes(int from, int to) {
        return sumBytes(from, to) + Double.BYTES * (replicas.get(from).length + 1);
    }

    @Override
    public void wantsEnd(boolean wants) {
        wantsEnd = wants;
    }

    @Override
    public boolean ends() {
        return ends;
    }

    @Override
    public void offer(int piece, float[] sum, int from, int to) {
        for (int member = 0; member < members(); member++) {
            Slice slice = slices[member];
            int begin = Math.max(from, slice.from());
            int end = Math.min(to, slice.to());
            if (member != me && begin < end) {
                wire.write(sum, begin, end - begin, at(outgoing[member], piece * slice.size() + begin - slice.from()));
            }
        }
    }

    @Override
    public double[] reduce(int step, double[] losses) throws InterruptedException {
        // Not all begin with the same receiver.
        for (int i = 1; i < members(); i++) {
            int to = (me + i) % members();
            ByteBuffer message = outgoing[to].clear();
            write(losses, message.position(sumBytes(me, to)));
            message.putDouble(wantsEnd ? 1 : 0);
            send(to, GRADIENTS, step, message.flip());
        }
        ends = wantsEnd;
        double[] all = new double[replicas.stream().mapToInt(r -> r.length).sum()];
        for (int from = 0; from < members(); from++) {
            double[] theirs = losses;
            if (from != me) {
                arrived[from] = take(GRADIENTS, step, from, gradientBytes(from, me));
                theirs = figures(arrived[from].position(sumBytes(from, me)));
                ends |= theirs[theirs.length - 1] != 0;
            }
            for (int i = 0; i < replicas.get(from).length; i++) {
                all[replicas.get(from)[i]] = theirs[i];
            }
        }
        return all;
    }

    @Override
    public void sum(float[][] sums, int from, int to, float[][] scratch) {
        int n = to - from;
        for (int i = 0; i < parts.size(); i++) {
            Placement.Part part = parts.get(i);
            if (part.owner() == me) {
                System.arraycopy(sums[part.number()], from, scratch[i], 0, n);
            } else {
                int at = part.number() * mine().size() + from - mine().from();
                wire.read(at(arrived[part.owner()], at), from, scratch[i], 0, n);
            }
        }
        for (int at = 0; at < n; at += BLOCK) {
            for (int[] join : joins) {
                TreeSum.plus(scratch[join[0]], scratch[join[1]], at, Math.min(n, at + BLOCK));
            }
        }
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
            ByteBuffer theirs = take(WEIGHTS, step, from, wire.bytes() * slices[from].size());
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
                ByteBuffer theirs = take(FIGURES, step, from, -1);
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

    /** @param bytes how many there must be, or -1 for any multiple of a figure's */
    private ByteBuffer take(String kind, int step, int from, int bytes) throws InterruptedException {
        ByteBuffer message = mailbox.take(executors.get(from), kind, step, from, timeout, cancelled);
        if (bytes >= 0 ? message.remaining() != bytes : message.remaining() % Double.BYTES != 0) {
            throw new IllegalStateException("expected " + bytes + " bytes of executor "
                    + executors.get(from).executor() + ", found " + message.remaining());
        }
        return message;
    }
}
