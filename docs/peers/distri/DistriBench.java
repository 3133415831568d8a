import com.intel.analytics.bigdl.dllib.feature.dataset.Sample$;
import com.intel.analytics.bigdl.dllib.nn.CrossEntropyCriterion;
import com.intel.analytics.bigdl.dllib.optim.Optimizer;
import com.intel.analytics.bigdl.dllib.optim.Optimizer$;
import com.intel.analytics.bigdl.dllib.optim.SGD;
import com.intel.analytics.bigdl.dllib.optim.Trigger$;
import com.intel.analytics.bigdl.dllib.utils.Engine$;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * BigDL's own DistriOptimizer on its own Spark and Scala 2.12, with pictures made beforehand. Logs each iteration's
 * throughput; the first five are warm-up.
 *
 * <p>usage: DistriBench DEPTH BATCH SIZE IMAGES MASTER ITERATIONS
 */
public final class DistriBench {
    private DistriBench() {}

    public static void main(String[] arguments) {
        int depth = Integer.parseInt(arguments[0]);
        int batch = Integer.parseInt(arguments[1]);
        int size = Integer.parseInt(arguments[2]);
        int images = Integer.parseInt(arguments[3]);
        System.setProperty("bigdl.engineType", "mkldnn");
        SparkConf conf = Engine$.MODULE$.createSparkConf(new SparkConf().setMaster(arguments[4]).setAppName("distri"));
        SparkContext context = new SparkContext(conf);
        context.setLogLevel("INFO");
        Engine$.MODULE$.init();
        int nodes = Engine$.MODULE$.nodeNumber();
        JavaRDD samples = new JavaSparkContext(context)
                .parallelize(IntStream.range(0, images).boxed().toList(), nodes)
                .map(i -> sample(new Random(i), size));
        CrossEntropyCriterion criterion =
                new CrossEntropyCriterion(null, true, ResNetLayers.FLOAT, ResNetLayers.NUMERIC);
        Optimizer optimizer = Optimizer$.MODULE$.apply(
                ResNetLayers.network(depth, batch / nodes, size),
                samples.rdd(),
                criterion,
                batch,
                null,
                null,
                ResNetLayers.FLOAT,
                ResNetLayers.NUMERIC);
        optimizer.setOptimMethod(new SGD(
                0.01, 0.0, 1e-4, 0.9, 0.0, false, new SGD.Default(), null, null, ResNetLayers.FLOAT, ResNetLayers.NUMERIC));
        optimizer.setEndWhen(Trigger$.MODULE$.maxIteration(Integer.parseInt(arguments[5])));
        optimizer.optimize();
        System.exit(0);
    }

    private static Object sample(Random random, int size) {
        float[] pixelsAndLabel = new float[3 * size * size + 1];
        for (int i = 0; i < pixelsAndLabel.length - 1; i++) {
            pixelsAndLabel[i] = random.nextFloat();
        }
        pixelsAndLabel[pixelsAndLabel.length - 1] = 1 + random.nextInt(ResNetLayers.CLASSES);
        return Sample$.MODULE$.apply(
                pixelsAndLabel, new int[][] {{3, size, size}}, new int[][] {{1}}, ResNetLayers.FLOAT);
    }
}
