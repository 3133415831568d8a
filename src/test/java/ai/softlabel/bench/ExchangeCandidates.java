package ai.softlabel.bench;

import ai.softlabel.train.ExchangeProbe;
import ai.softlabel.train.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BroadcastBlockId;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.Option;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The ways to exchange gradients between executors that docs/decisions/009 compares, each as simple as it can be
 * written, in turns: a program, not a test. Arguments: executors, floats, rounds. It prints the median seconds of each.
 */
public final class ExchangeCandidates {
    private static final ClassTag<Object> BYTES = ClassTag$.MODULE$.apply(Object.class);
    private static float[] gradients;
    private static float[] weights;

    private ExchangeCandidates() {}

    /** One step of a candidate. */
    private interface Candidate {
        void step(int step);
    }

    private record Cut(int size, int n) implements java.io.Serializable {
        int from(int k) {
            return (int) ((long) size * k / n);
        }

        float[] of(float[] all, int k) {
            return Arrays.copyOfRange(all, from(k), from(k + 1));
        }
    }

    private record ByOwner(int n) implements java.io.Serializable {
        Partitioner partitioner() {
            return new Partitioner() {
                private static final long serialVersionUID = 1;

                @Override
                public int numPartitions() {
                    return n;
                }

                @Override
                public int getPartition(Object key) {
                    return (Integer) key;
                }
            };
        }
    }

    private static synchronized void arrays(int size) {
        if (gradients == null) {
            gradients = new float[size];
            weights = new float[size];
        }
    }

    private static float[] plus(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    public static void main(String[] arguments) {
        int n = Integer.parseInt(arguments[0]);
        int size = Integer.parseInt(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        SparkConf conf = new SparkConf()
                .setMaster("local-cluster[" + n + ",1,3072]")
                .setAppName("exchange candidates")
                .set("spark.ui.enabled", "false")
                .set("spark.executor.memory", "2g")
                .set("spark.locality.wait", "10s")
                .set("spark.driver.maxResultSize", "4g")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            spark.setLogLevel("ERROR");
            JavaRDD<Integer> parts =
                    spark.parallelize(IntStream.range(0, n).boxed().toList(), n).persist(StorageLevel.MEMORY_ONLY());
            parts.count();
            Cut cut = new Cut(size, n);
            List<String> names = List.of(
                    "empty job", "tree-aggregate and broadcast", "jobs over shuffle", "jobs over the block manager");
            List<Candidate> candidates = List.of(
                    s -> parts.count(),
                    s -> aggregate(spark, parts, cut),
                    s -> shuffle(parts, cut),
                    s -> blocks(parts, cut, s));
            List<List<Double>> seconds = new ArrayList<>();
            candidates.forEach(c -> seconds.add(new ArrayList<>()));
            for (int round = -1; round < rounds; round++) {
                for (int c = 0; c < candidates.size(); c++) {
                    long begun = System.nanoTime();
                    candidates.get(c).step(round + 1);
                    if (round >= 0) {
                        seconds.get(c).add((System.nanoTime() - begun) / 1e9);
                    }
                }
            }
            for (int c = 0; c < names.size(); c++) {
                say(names.get(c), seconds.get(c).stream().sorted().toList().get(rounds / 2));
            }
            for (Wire wire : Wire.values()) {
                say(
                        "within a barrier stage, " + wire,
                        ExchangeProbe.run(spark, n, size, rounds, wire, 120).seconds());
            }
        }
    }

    private static void say(String name, double seconds) {
        System.out.printf(Locale.ROOT, "%-40s %.3f s%n", name, seconds);
    }

    private static void aggregate(JavaSparkContext spark, JavaRDD<Integer> parts, Cut cut) {
        float[] sum = parts.map(p -> {
                    arrays(cut.size());
                    return gradients;
                })
                .treeReduce(ExchangeCandidates::plus);
        Broadcast<float[]> sent = spark.broadcast(sum);
        parts.foreach(p -> weights = sent.value());
        sent.destroy();
    }

    /** A job of two shuffles: slices to their owners, and sums to all. */
    private static void shuffle(JavaRDD<Integer> parts, Cut cut) {
        Partitioner byOwner = new ByOwner(cut.n()).partitioner();
        parts.flatMapToPair(p -> {
                    arrays(cut.size());
                    return IntStream.range(0, cut.n())
                            .mapToObj(k -> new Tuple2<>(k, cut.of(gradients, k)))
                            .iterator();
                })
                .reduceByKey(byOwner, ExchangeCandidates::plus)
                .flatMapToPair(slice -> IntStream.range(0, cut.n())
                        .mapToObj(to -> new Tuple2<>(to, slice))
                        .iterator())
                .partitionBy(byOwner)
                .foreachPartition(slices -> {
                    arrays(cut.size());
                    slices.forEachRemaining(
                            s -> System.arraycopy(s._2()._2(), 0, weights, cut.from(s._2()._1()), s._2()._2().length));
                });
    }

    /** Three jobs: put slices, sum the own one, fetch the sums. */
    private static void blocks(JavaRDD<Integer> parts, Cut cut, int step) {
        parts.foreach(me -> {
            arrays(cut.size());
            for (int k = 0; k < cut.n(); k++) {
                put(id("g", step, k, me), cut.of(gradients, k));
            }
        });
        parts.foreach(me -> {
            float[] sum = null;
            for (int from = 0; from < cut.n(); from++) {
                float[] part = get(id("g", step, me, from));
                sum = sum == null ? part : plus(sum, part);
            }
            put(id("w", step, me, 0), sum);
        });
        parts.foreach(me -> {
            for (int k = 0; k < cut.n(); k++) {
                float[] slice = get(id("w", step, k, 0));
                System.arraycopy(slice, 0, weights, cut.from(k), slice.length);
            }
        });
        parts.foreach(me -> {
            BlockManager blocks = SparkEnv.get().blockManager();
            for (int k = 0; k < cut.n(); k++) {
                blocks.removeBlock(id("g", step, k, me), true);
            }
            blocks.removeBlock(id("w", step, me, 0), true);
        });
    }

    private static BlockId id(String kind, int step, int slice, int from) {
        return new BroadcastBlockId((1L << 40) + step, kind + "_" + slice + "_" + from);
    }

    private static void put(BlockId id, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
        bytes.asFloatBuffer().put(values);
        SparkEnv.get()
                .blockManager()
                .putBytes(id, new ChunkedByteBuffer(bytes), StorageLevel.MEMORY_ONLY_SER(), true, BYTES);
    }

    private static float[] get(BlockId id) {
        BlockManager blocks = SparkEnv.get().blockManager();
        var local = blocks.getLocalBytes(id);
        ByteBuffer bytes = local.isDefined()
                ? local.get().toByteBuffer()
                : blocks.getRemoteBytes(id).get().toByteBuffer();
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        if (local.isDefined()) {
            blocks.releaseLock(id, Option.empty());
        }
        return values;
    }
}
