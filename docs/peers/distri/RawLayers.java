import bigdl.shaded.scala.Tuple2;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase$TrainingPhase$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Sequential;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import com.intel.analytics.bigdl.dllib.tensor.Tensor$;
import com.intel.analytics.bigdl.dllib.utils.Engine$;

/**
 * BigDL's layers alone, on the relocated jar, without Spark and data: forward, backward and a plain update. Prints images
 * per second.
 *
 * <p>usage: RawLayers DEPTH BATCH SIZE THREADS
 */
public final class RawLayers {
    private static final int WARM_UP = 8;
    private static final int STEPS = 6;

    private RawLayers() {}

    public static void main(String[] arguments) {
        int depth = Integer.parseInt(arguments[0]);
        int batch = Integer.parseInt(arguments[1]);
        int size = Integer.parseInt(arguments[2]);
        String threads = arguments[3];
        System.setProperty("bigdl.localMode", "true");
        System.setProperty("bigdl.coreNumber", "1");
        System.setProperty("bigdl.engineType", "mkldnn");
        System.setProperty("bigdl.mklNumThreads", threads);
        Engine$.MODULE$.init();
        Sequential network = ResNetLayers.network(depth, batch, size);
        Tuple2 parameters = network.getParameters();
        Tensor<Float> weights = (Tensor<Float>) parameters._1();
        Tensor<Float> gradient = (Tensor<Float>) parameters._2();
        network.training();
        network.compile(Phase$TrainingPhase$.MODULE$);
        Tensor input = random(batch, 3, size, size);
        Tensor gradOutput = random(batch, ResNetLayers.CLASSES);
        double seconds = 0;
        for (int step = -WARM_UP; step < STEPS; step++) {
            long start = System.nanoTime();
            network.zeroGradParameters();
            network.forward(input);
            network.backward(input, gradOutput);
            weights.add(-0.0001f, gradient);
            seconds += step < 0 ? 0 : (System.nanoTime() - start) / 1e9;
        }
        System.out.printf("images_per_second %.1f%n", STEPS * batch / seconds);
        System.exit(0);
    }

    private static Tensor random(int... shape) {
        return Tensor$.MODULE$.apply(shape, ResNetLayers.FLOAT, ResNetLayers.NUMERIC).rand();
    }
}
