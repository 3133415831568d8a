package ai.softlabel.spark;

import org.apache.spark.SparkEnv;

/** Where a task runs. */
public final class Tasks {
    private Tasks() {}

    /** Spark's id of the executor that calls; "driver" on the driver. */
    public static String executor() {
        return SparkEnv.get().executorId();
    }

    /** The host of the executor that calls. */
    public static String host() {
        return SparkEnv.get().blockManager().blockManagerId().host();
    }
}
