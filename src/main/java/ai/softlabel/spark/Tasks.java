package ai.softlabel.spark;

import org.apache.spark.SparkEnv;

/** Where a task runs. */
public final class Tasks {
    private Tasks() {}

    /** The host of the executor that calls. */
    public static String host() {
        return SparkEnv.get().blockManager().blockManagerId().host();
    }
}
