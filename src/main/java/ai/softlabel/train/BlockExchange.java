package ai.softlabel.train;

import ai.softlabel.spark.BlockMail;
import ai.softlabel.spark.Peer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Reduce-scatter and all-gather over Spark's block transfer, peer to peer: each executor pushes every other's slice of
 * its gradients to it, sums and optimises its own, and pushes the new weights. The messages are the synchronisation;
 * the driver carries nothing.
 */
final class BlockExchange implements Exchange {
    private final List<Peer> executors;
    private final int me;
    private final Slice active;
    private final BlockMail mail;
    private long bytes;

    /**
     * @param executors all executors, in the order of their first partition
     * @param me this one's index
     * @param active the range of the flat arrays that learns
     */
    BlockExchange(List<Peer> executors, int me, Slice active, BlockMail mail) {
        this.executors = executors;
        this.me = me;
        this.active = active;
        this.mail = mail;
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
                parts[from] = java.util.Arrays.copyOfRange(sums, mine.from(), mine.to());
                all[from] = losses;
            } else {
                ByteBuffer message =
                        mail.take(executors.get(from), "g", step, from).order(ByteOrder.LITTLE_ENDIAN);
                all[from] = figures(message);
                parts[from] = new float[mine.size()];
                message.asFloatBuffer().get(parts[from]);
            }
        }
        float[] sum = parts[0];
        TreeSum.sum(parts, 0, sum.length, sum);
        System.arraycopy(sum, 0, sums, mine.from(), sum.length);
        return java.util.Arrays.stream(all)
                .flatMapToDouble(java.util.Arrays::stream)
                .toArray();
    }

    @Override
    public void gather(int step, float[] weights) throws InterruptedException {
        ByteBuffer mine = pack(weights, mine(), new double[0]);
        for (int to = 0; to < members(); to++) {
            if (to != me) {
                send(to, "w", step, mine.duplicate());
            }
        }
        for (int from = 0; from < members(); from++) {
            if (from != me) {
                Slice slice = slice(from);
                ByteBuffer message =
                        mail.take(executors.get(from), "w", step, from).order(ByteOrder.LITTLE_ENDIAN);
                message.getInt();
                message.asFloatBuffer().get(weights, slice.from(), slice.size());
            }
        }
        mail.checkSent();
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
        return java.util.Arrays.stream(all)
                .flatMapToDouble(java.util.Arrays::stream)
                .toArray();
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

    private void send(int to, String kind, int step, ByteBuffer message) {
        bytes += message.remaining();
        mail.send(executors.get(to), kind, step, me, message);
    }

    private static ByteBuffer pack(float[] values, Slice slice, double[] figures) {
        ByteBuffer b =
                ByteBuffer.allocate(4 + 8 * figures.length + 4 * slice.size()).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(figures.length);
        for (double f : figures) {
            b.putDouble(f);
        }
        b.asFloatBuffer().put(values, slice.from(), slice.size());
        return b.rewind();
    }
}
