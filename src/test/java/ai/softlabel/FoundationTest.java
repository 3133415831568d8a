package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bigdl.Graph;
import ai.softlabel.bigdl.Layers;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.bigdl.Tensors;
import ai.softlabel.loss.LabelSmoothingCriterion;
import ai.softlabel.loss.Smoothing;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.TensorCriterion;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.package$;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** What everything stands on: Spark 4.1 on Scala 2.13 and BigDL, which was made for Scala 2.12, in one JVM. */
class FoundationTest {
    @Test
    void sparkAndBigDlRunInOneJvm() throws IOException {
        assertTrue(package$.MODULE$.SPARK_VERSION().startsWith("4.1."), package$.MODULE$.SPARK_VERSION());
        assertTrue(
                scala.util.Properties.versionNumberString().startsWith("2.13."),
                scala.util.Properties.versionNumberString());
        try (SparkSession spark = SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", "false")
                .getOrCreate()) {
            assertEquals(10, spark.range(10).count());
            try (NativeThread thread = NativeThread.borrow(1)) {
                float[] logits = thread.call(() -> {
                    float[] weights = {1, 2, 3, 4, 5, 6, 0.5f, -0.5f};
                    try (Graph graph = Graph.compile(
                            Layers.linear(3, 2),
                            new int[] {1, 3},
                            new int[] {1, 2},
                            Graph.Mode.TRAINING,
                            new Graph.Parameters(weights, new float[8], 0),
                            new float[0])) {
                        System.arraycopy(new float[] {1, 10, 100}, 0, graph.input(), 0, 3);
                        return graph.forward().clone();
                    }
                });
                assertEquals(321.5, logits[0], 1e-4);
                assertEquals(653.5, logits[1], 1e-4);
                LabelSmoothingCriterion<Float> criterion = LabelSmoothingCriterion.ofFloats(Smoothing.of(0.1));
                assertInstanceOf(TensorCriterion.class, criterion);
                assertEquals(
                        0.05 * 332, criterion.forward(Tensors.of(logits, 1, 2), Tensors.of(new float[] {2}, 1)), 1e-4);
            }
        }
    }

    @Test
    void noClassOfScala212IsOnTheClassPath() throws IOException {
        for (String name :
                List.of("scala/Predef$.class", "scala/collection/Seq.class", "scala/reflect/api/Universe.class")) {
            List<URL> found = Collections.list(getClass().getClassLoader().getResources(name));
            assertEquals(1, found.size(), () -> name + " is there more than once: " + found);
            assertTrue(found.get(0).toString().contains("2.13"), () -> "not of Scala 2.13: " + found);
        }
        // A class that only Scala 2.12 has, under its own name and under the one that the build gives it.
        assertEquals(null, getClass().getClassLoader().getResource("scala/collection/generic/CanBuildFrom.class"));
        assertFalse(getClass().getClassLoader().getResource("bigdl/shaded/scala/collection/generic/CanBuildFrom.class")
                == null);
    }

    @Test
    void testsRunWithSparksModuleOptions() {
        List<String> ours = ManagementFactory.getRuntimeMXBean().getInputArguments();
        for (String option : JavaModuleOptions.defaultModuleOptionArray()) {
            assertTrue(ours.contains(option), () -> "missing in jvm.modules: " + option);
        }
    }
}
