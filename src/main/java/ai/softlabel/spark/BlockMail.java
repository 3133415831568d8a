package ai.softlabel.spark;

import ai.softlabel.JobException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BroadcastBlockId;
import org.apache.spark.storage.StorageLevel;
import scala.Function1;
import scala.Option;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Sends bytes to another executor's block manager and takes them out of one's own, by Spark's own block transfer, peer
 * to peer. The arrival of the block is the synchronisation. A message is named by its box (the same at both ends), its
 * kind, a number and its sender, and is gone once it was taken.
 */
public final class BlockMail {
    /** How the failure begins whose cause is an executor that is gone. */
    static final String UNREACHABLE = "expected a block to reach its executor";

    // Far above the ids that Spark gives to broadcasts.
    private static final long ID = 1L << 48;
    private static final ClassTag<Object> BYTES = ClassTag$.MODULE$.apply(Object.class);
    private static final StorageLevel LEVEL = StorageLevel.MEMORY_AND_DISK_SER();

    private final BlockManager blocks = SparkEnv.get().blockManager();
    private final String box;
    private final long timeoutNanos;
    private final BooleanSupplier cancelled;
    private final List<Future<BoxedUnit>> sent = new ArrayList<>();

    /**
     * @param box a name for this exchange of messages: letters, digits, underscores
     * @param timeoutSeconds how long {@link #take} waits
     * @param cancelled whether to give up
     */
    public BlockMail(String box, double timeoutSeconds, BooleanSupplier cancelled) {
        this.box = box;
        this.timeoutNanos = (long) (timeoutSeconds * 1e9);
        this.cancelled = cancelled;
    }

    /** Sends a message; {@code bytes} must not change afterwards. */
    public void send(Peer to, String kind, int number, int from, ByteBuffer bytes) {
        sent.add(blocks.blockTransferService()
                .uploadBlock(
                        to.host(),
                        to.port(),
                        to.executor(),
                        id(kind, number, from),
                        new NioManagedBuffer(bytes),
                        LEVEL,
                        BYTES));
    }

    /**
     * Waits for a message and takes it.
     *
     * @throws JobException of status 4 that names the silent sender, where it does not come in time
     */
    public ByteBuffer take(Peer sender, String kind, int number, int from) throws InterruptedException {
        BlockId id = id(kind, number, from);
        long deadline = System.nanoTime() + timeoutNanos;
        while (true) {
            var block = blocks.getLocalBytes(id);
            if (block.isDefined()) {
                ByteBuffer bytes = block.get().toByteBuffer();
                blocks.releaseLock(id, Option.empty());
                blocks.removeBlock(id, false);
                return bytes;
            }
            if (cancelled.getAsBoolean()) {
                throw new InterruptedException("the stage was cancelled");
            }
            if (System.nanoTime() > deadline) {
                throw JobException.training(
                        "expected executor %s on %s to answer within %.0f s in step %d, found silence; see its log, or raise --step-timeout",
                        sender.executor(), sender.host(), timeoutNanos / 1e9, number);
            }
            Thread.sleep(0, 200_000);
        }
    }

    /** Forgets the messages that arrived at the other end; a message that could not be sent is an error. */
    public void checkSent() {
        sent.removeIf(future -> {
            if (future.isCompleted() && future.value().get().isFailure()) {
                Throwable cause = future.value().get().failed().get();
                throw new IllegalStateException(UNREACHABLE + ", found " + cause.getMessage(), cause);
            }
            return future.isCompleted();
        });
    }

    /** Throws away what has come and nobody took, when the exchange has ended before its time. */
    public void clear() {
        CollectionConverters.asJava(blocks.getMatchingBlockIds((Matching)
                        id -> id instanceof BroadcastBlockId b && b.field().startsWith(box + "_")))
                .forEach(id -> blocks.removeBlock(id, false));
    }

    /** A scala function of a lambda's. */
    private interface Matching extends Function1<BlockId, Object> {}

    private BlockId id(String kind, int number, int from) {
        return new BroadcastBlockId(ID, box + "_" + kind + "_" + number + "_" + from);
    }
}
