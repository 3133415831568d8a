package ai.softlabel.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.util.TaskCompletionListener;

/** A barrier task's view of its stage: its partition, its peers and its mailbox. */
public final class StageContext {
    private final BarrierTaskContext task;
    private final String token;
    private Mailbox mailbox;

    /** @param token the stage's own, made by the driver, known to its tasks and to nobody else */
    StageContext(BarrierTaskContext task, String token) {
        this.task = task;
        this.token = token;
    }

    /** This task's partition, from 0. */
    public int partition() {
        return task.partitionId();
    }

    /** A name for this try of this stage, the same in all its tasks, that nobody else can guess. */
    public String name() {
        return token + "." + task.stageAttemptNumber();
    }

    /** Whether Spark wants this task to end. */
    public boolean cancelled() {
        return task.isInterrupted();
    }

    /**
     * Where each partition's task runs, each with an open {@link #mailbox}. Between executors this waits for all tasks,
     * about a second, for Spark polls; in local mode there is but one process.
     *
     * @param kinds what kinds of messages they send each other
     * @param bytes the most that a message has
     * @param first the number of the first of a kind
     * @return an executor for each partition, in order
     */
    public List<Peer> peers(Set<String> kinds, int bytes, int first) {
        BlockManagerId mine = SparkEnv.get().blockManager().blockManagerId();
        List<Peer> peers = new ArrayList<>();
        if (mine.isDriver()) {
            Peer me = new Peer(mine.executorId(), mine.host(), 0);
            for (int i = 0; i < task.numPartitions(); i++) {
                peers.add(me);
            }
        } else {
            Transport transport = Transport.get();
            Peer me = new Peer(mine.executorId(), mine.host(), transport.port());
            // Before the others learn of it: no message comes too early.
            mailbox = transport.open(name(), new Mailbox.Limits(kinds, task.numPartitions(), bytes, first));
            task.addTaskCompletionListener((TaskCompletionListener) t -> transport.close(mailbox));
            for (String peer : task.allGather(me.executor() + " " + me.host() + " " + me.port())) {
                String[] fields = peer.split(" ");
                peers.add(new Peer(fields[0], fields[1], Integer.parseInt(fields[2])));
            }
        }
        return peers;
    }

    /** What the peers send to this process in this stage; between executors, after {@link #peers}. */
    public Mailbox mailbox() {
        return mailbox;
    }
}
