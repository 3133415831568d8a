package ai.softlabel.train;

import ai.softlabel.spark.BlockMail;
import ai.softlabel.spark.Peer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Reduce-scatter and all-gather over Spark's block transfer, peer to peer: each executor pushes every other's slice of
 * its gradients to it, sums and optimises its own, and pushes the new weights. The messages are the synchronisation;
 * the driver carries nothing. Over a {@link Wire} that rounds, the sums are of rounded gradients, and what is handed
 * out is how far each weight moved, rounded: every executor, the owner too, adds that to what it had, so that all have
 * the same weights in full precision.
 */
final class BlockExchange implements Exchange {
    private static final int MOST = 1 << 14;

    private final List<Peer> executors;
    private final int me;
    private final Slice active;
    private final Wire wire;
    private final BlockMail mail;
    // The weights of the own slice as all have them, where changes travel.
    private final float[] before;
    private long bytes;

    /**
     * @param executors all executors, in the order of their first partition
     * @param me this one's index
     * @param active the range of the flat arrays that learns
     * @param weights as the stage begins
     */
    BlockExchange(List<Peer> executors, int me, Slice active, Wire wire, float[] weights, BlockMail mail) {
        this.executors = executors;
        this.me = me;
        this.active = active;
        this.wire = wire;
        this.mail = mail;
        this.before = wire == Wire.FLOAT32 ? null : Arrays.copyOfRange(weights, mine().from(), mine().to());
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
        for (int to = 0; to < members(); to++) {
            if (to != me) {
                send(to, "g", step, pack(sums, slice(to), losses));
            }
        }
        Slice mine = mine();
        float[][] parts = new float[members()][];
        double[][] all = new double[members()][];
        for (int from = 0; from < members(); from++) {
            if (from == me) {
                parts[from] = Arrays.copyOfRange(sums, mine.from(), mine.to());
                all[from] = losses;
            } else {
                ByteBuffer message =
                        mail.take(executors.get(from), "g", step, from).order(ByteOrder.LITTLE_ENDIAN);
                all[from] = figures(message);
                parts[from] = new float[mine.size()];
                wire.read(message, parts[from], 0, mine.size());
            }
        }
        float[] sum = parts[0];
        TreeSum.sum(parts, 0, sum.length, sum);
        System.arraycopy(sum, 0, sums, mine.from(), sum.length);
        return Arrays.stream(all).flatMapToDouble(Arrays::stream).toArray();
    }

    @Override
    public void gather(int step, float[] weights) throws InterruptedException {
        ByteBuffer mine = before == null ? pack(weights, mine(), new double[0]) : changes(weights);
        for (int to = 0; to < members(); to++) {
            if (to != me) {
                send(to, "w", step, mine.duplicate());
            }
        }
        float[] moved = before == null ? null : new float[MOST];
        for (int from = 0; from < members(); from++) {
            if (from != me) {
                Slice slice = slice(from);
                ByteBuffer message =
                        mail.take(executors.get(from), "w", step, from).order(ByteOrder.LITTLE_ENDIAN);
                message.getInt();
                if (before == null) {
                    wire.read(message, weights, slice.from(), slice.size());
                } else {
                    add(message, weights, slice, moved);
                }
            }
        }
        mail.checkSent();
    }

    /** How far the own weights moved, rounded; they move so far and no farther. */
    private ByteBuffer changes(float[] weights) {
        int from = mine().from();
        float[] moved = new float[before.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = wire.rounded(weights[from + i] - before[i]);
            before[i] += moved[i];
            weights[from + i] = before[i];
        }
        return pack(moved, new Slice(0, moved.length), new double[0]);
    }

    private void add(ByteBuffer message, float[] weights, Slice slice, float[] moved) {
        for (int at = slice.from(); at < slice.to(); at += MOST) {
            int n = Math.min(MOST, slice.to() - at);
            wire.read(message, moved, 0, n);
            for (int i = 0; i < n; i++) {
                weights[at + i] += moved[i];
            }
        }
    }

    @Override
    public double[] share(int step, double[] figures) throws InterruptedException {
        Slice nothing = new Slice(0, 0);
        for (int to = 0; to < members(); to++) {
            if (to != me) {
                send(to, "n", step, pack(new float[0], nothing, figures));
            }
        }
        double[][] all = new double[members()][];
        for (int from = 0; from < members(); from++) {
            all[from] = from == me
                    ? figures
                    : figures(mail.take(executors.get(from), "n", step, from).order(ByteOrder.LITTLE_ENDIAN));
        }
        return Arrays.stream(all).flatMapToDouble(Arrays::stream).toArray();
    }

    private static double[] figures(ByteBuffer message) {
        double[] out = new double[message.getInt()];
        for (int i = 0; i < out.length; i++) {
            out[i] = message.getDouble();
        }
        return out;
    }

    @Override
    public long bytesSent() {
        return bytes;
    }

    @Override
    public void close() {
        mail.clear();
    }

    private void send(int to, String kind, int step, ByteBuffer message) {
        bytes += message.remaining();
        mail.send(executors.get(to), kind, step, me, message);
    }

    private ByteBuffer pack(float[] values, Slice slice, double[] figures) {
        ByteBuffer b = ByteBuffer.allocate(4 + 8 * figures.length + wire.bytes() * slice.size())
                .order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(figures.length);
        for (double f : figures) {
            b.putDouble(f);
        }
        wire.write(values, slice.from(), slice.size(), b);
        return b.rewind();
    }
}
