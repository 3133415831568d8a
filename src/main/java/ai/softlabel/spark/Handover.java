package ai.softlabel.spark;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.spark.SparkEnv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How results of a stage come from an executor that is decommissioned. Spark fetches a result of more than a megabyte
 * from the executor's block store, after its task. An executor that gives its blocks to others
 * ({@code spark.storage.decommission.enabled}) stores nothing more, and any other is gone within a second of its last
 * task. So the task itself hands its result to the driver, over the plugin's channel, and returns a note in its place.
 */
final class Handover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    private static final Map<String, Handover> OPEN = new ConcurrentHashMap<>();

    private final String token;
    private final Map<Note, Serializable> arrived = new ConcurrentHashMap<>();

    /** What an executor asks the driver: whether Spark decommissions it. */
    record Question(String executor) implements Serializable {}

    /** A result on its way to the driver, and the note that stands for it. */
    record Handed(Note note, Serializable result) implements Serializable {}

    /**
     * What a task returns that handed its result over.
     *
     * @param stage its name, which has the attempt in it, see {@link StageContext#name}
     */
    record Note(String stage, int partition) implements Serializable {}

    private Handover(String token) {
        this.token = token;
    }

    /** On the driver: takes what the stage's tasks hand over, until it is closed. */
    static Handover open(String token) {
        Handover handover = new Handover(token);
        OPEN.put(token, handover);
        return handover;
    }

    /** On an executor: what the task is to return, which is its result, or a note that the driver has it. */
    static Serializable returned(Serializable result, StageContext context) {
        SparkEnv env = SparkEnv.get();
        if (!env.conf().getBoolean("spark.decommission.enabled", false)
                || env.blockManager().blockManagerId().isDriver()) {
            return result;
        }
        return returned(result, new Note(context.name(), context.partition()), env.executorId(), LiveChannel::ask);
    }

    /** @param driver answers, or gives null where it can't be asked */
    static Serializable returned(
            Serializable result, Note note, String executor, Function<Serializable, Object> driver) {
        if (!Boolean.TRUE.equals(driver.apply(new Question(executor)))) {
            return result;
        }
        if (!Boolean.TRUE.equals(driver.apply(new Handed(note, result)))) {
            LOG.warn("the driver did not take the result of an executor that is decommissioned");
            return result;
        }
        return note;
    }

    /** On the driver: whether a result was taken; not where its stage does not run. */
    static boolean take(Handed handed) {
        String stage = handed.note().stage();
        Handover open = OPEN.get(stage.substring(0, Math.max(0, stage.lastIndexOf('.'))));
        if (open == null) {
            return false;
        }
        open.arrived.put(handed.note(), handed.result());
        return true;
    }

    /** The result of a task by what it {@link #returned}. */
    Object result(Object returned) {
        if (!(returned instanceof Note note)) {
            return returned;
        }
        Serializable result = arrived.remove(note);
        if (result == null) {
            throw new IllegalStateException("expected the result of partition " + note.partition() + ", found none");
        }
        return result;
    }

    @Override
    public void close() {
        OPEN.remove(token);
    }
}
