package ai.softlabel.network;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.spark.ProcessMemory;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernels' memory, outside the heap. */
@Tag("spark")
class NativeMemoryTest {
    private static final int STEPS = 1000;

    /** A training step and, now and then, a network for scoring: neither leaves anything behind. */
    @Tag("long")
    @Test
    void staysFlatOverAThousandSteps() {
        Model model = Model.of("resnet18", 5);
        ModelState state = Initialization.fresh(model, 1);
        float[] gradient = new float[model.size()];
        long[] resident = new long[2];
        try (NativeThread thread = NativeThread.borrow(1)) {
            thread.call(() -> {
                try (Network n = new Network(model, 1, 64, state.weights(), gradient, state.statistics(), null)) {
                    Arrays.fill(n.input(), 0.5f);
                    for (int step = 0; step < STEPS; step++) {
                        n.forward();
                        n.backward(new float[5]);
                        if (step % 50 == 0) {
                            try (Body body = new Body(model, 1, 64, state.weights(), state.statistics())) {
                                Arrays.fill(body.input(), 0.5f);
                                body.forward();
                            }
                        }
                        if (step == STEPS / 5 || step == STEPS - 1) {
                            System.gc();
                            resident[step == STEPS - 1 ? 1 : 0] = ProcessMemory.resident() - heap();
                        }
                    }
                }
                return null;
            });
        }
        long grown = resident[1] - resident[0];
        // Half the layers' outputs of one step: what is lost in each would come to hundreds of times that.
        assertTrue(grown < 32L << 20, "grew by " + grown / 1e6 + " MB from " + resident[0] / 1e6);
    }

    /** What of the heap may be resident. */
    private static long heap() {
        return Runtime.getRuntime().totalMemory();
    }
}
