package ai.softlabel.pipeline;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.live.WorkPublisher;
import ai.softlabel.spark.Cluster;
import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.Tab;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The Spark application of a job, with the configuration that jobs need. */
public final class Session implements AutoCloseable {
    private static final String MAIN = "ai.softlabel.cli.Main";

    /** The commands that run barrier stages. */
    private static final Set<String> TRAINING = Set.of("train", "study", "find-lr", "bench", "audit");

    private static final String DYNAMIC_ALLOCATION = "spark.dynamicAllocation.enabled";

    private final SparkSession session;
    private final JavaSparkContext spark;
    private final boolean owned;
    private final WorkPublisher work;
    /** Trainings of one application may run beside each other, each on a thread of its own. */
    private final Map<Thread, Phases> phases = new ConcurrentHashMap<>();

    private Cluster cluster;

    private Session(SparkSession session, boolean owned) {
        this.session = session;
        this.owned = owned;
        this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        this.work = new WorkPublisher(spark);
    }

    /**
     * Starts Spark, or uses the application that is already running. Commands that train refuse dynamic allocation and
     * speculation.
     *
     * @param command the command's word
     * @param master the Spark master, or null for spark-submit's, or local[*] if there is none
     */
    public static Session start(String command, String master) {
        return start(command, master, new Phases());
    }

    /**
     * The same, with a stopwatch that began before.
     *
     * @param phases of the run on this thread
     */
    public static Session start(String command, String master, Phases phases) {
        try (Phases.Phase phase = phases.begin("session")) {
            Session started = started(command, master);
            started.phases.put(Thread.currentThread(), phases);
            return started;
        }
    }

    private static Session started(String command, String master) {
        SparkConf conf = new SparkConf();
        if (master != null) {
            conf.setMaster(master);
        }
        conf.setIfMissing("spark.master", "local[*]");
        if (conf.get("spark.app.name", MAIN).equals(MAIN)) {
            // spark-submit uses the main class as the default application name.
            conf.setAppName("softlabel " + command);
        }
        if (TRAINING.contains(command)) {
            refuseForTraining(conf);
        }
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        // Stable metric names across runs, for dashboards.
        conf.setIfMissing("spark.metrics.namespace", "softlabel");
        conf.setIfMissing("spark.driver.maxResultSize", "4g");
        // A barrier stage starts only with all its slots; waiting for the executors that cache the pictures pays off.
        conf.setIfMissing("spark.locality.wait", "10s");
        // Executors in containers may share a host's name and not its disk.
        conf.setIfMissing("spark.shuffle.readHostLocalDisk", "false");
        if (command.equals("predict")) {
            // The pictures' names, sorted, lie on few hosts; Spark would keep the other hosts waiting.
            conf.setIfMissing("spark.shuffle.reduceLocality.enabled", "false");
        }
        String plugins = conf.get("spark.plugins", "");
        if (!plugins.contains(LiveChannel.class.getName())) {
            conf.set(
                    "spark.plugins",
                    plugins.isEmpty() ? LiveChannel.class.getName() : plugins + "," + LiveChannel.class.getName());
        }
        int memory = Cluster.localClusterMemory(conf.get("spark.master"));
        if (memory > 0) {
            // Half of the memory is heap; the native kernels allocate outside it.
            conf.setIfMissing("spark.executor.memory", memory / 2 + "m");
        }
        try {
            Session started = new Session(SparkSession.builder().config(conf).getOrCreate(), true);
            started.spark.setLogLevel("WARN");
            Tab.attachTo(started.spark);
            return started;
        } catch (Exception e) {
            // Scala methods throw checked exceptions that they do not declare.
            String why = String.valueOf(e.getMessage());
            if (why.toLowerCase(Locale.ROOT).contains("master url")) {
                throw JobException.options(
                        "expected --master to be a Spark master such as local[2], local-cluster[2,1,4096] or spark://host:7077, found %s; correct it",
                        conf.get("spark.master"));
            }
            throw new JobException(
                    ExitStatus.TRAINING,
                    String.format(
                            "expected Spark to start on %s, found: %s; check the master",
                            conf.get("spark.master"), Plain.reason(why)),
                    e);
        }
    }

    /**
     * Joins an application that trains. Neither its settings nor its log level change, and {@link #close} leaves it.
     */
    public static Session join(SparkSession running) {
        SparkConf conf = running.sparkContext().getConf();
        refuseForTraining(conf);
        Session joined = new Session(running, false);
        // It begins now.
        joined.phases();
        return joined;
    }

    private static void refuseForTraining(SparkConf conf) {
        refuse(conf, DYNAMIC_ALLOCATION, "Spark runs no barrier stage with dynamic allocation (SPARK-24942)");
        refuse(conf, "spark.speculation", "a speculative copy of a replica would take part in a step twice");
    }

    private static void refuse(SparkConf conf, String key, String why) {
        if (conf.getBoolean(key, false)) {
            throw JobException.options("expected %s=false, for %s; found true; set it to false", key, why);
        }
    }

    public JavaSparkContext spark() {
        return spark;
    }

    public SparkSession sql() {
        return session;
    }

    /** Where the time goes of the run on this thread. */
    public Phases phases() {
        return phases.computeIfAbsent(Thread.currentThread(), thread -> new Phases());
    }

    /** The cluster's executors and slots; the first call waits for the executors. */
    public synchronized Cluster cluster() {
        if (cluster == null) {
            try (Phases.Phase phase = phases().begin("session")) {
                if (spark.getConf().getBoolean(DYNAMIC_ALLOCATION, false)) {
                    // Executors come only when there is work for them.
                    spark.parallelize(List.of(0), 1).count();
                }
                cluster = Cluster.await(spark);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            if (cluster.slots() < 1) {
                throw JobException.training(
                        "expected executors of %s within a minute, found none; check that the cluster has room",
                        spark.master());
            }
        }
        return cluster;
    }

    @Override
    public void close() {
        work.close();
        if (owned) {
            session.stop();
        }
    }
}
