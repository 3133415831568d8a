package ai.softlabel.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.bigdl.NativeThread;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Which of mkldnn's implementations the networks run on, as it says itself with {@code MKLDNN_VERBOSE=1}: generated
 * kernels ("jit") for all but what is listed here. The others go picture by picture or element by element.
 */
class KernelsTest {
    /** Primitive, implementation and the layouts of what goes in and out. */
    private static final Pattern LINE =
            Pattern.compile("mkldnn_verbose,exec,([^,]+),([^,]+),([^,]*),([^,]*),([^,]*),([^,]*),.*");

    /** The head is one product over the whole batch; a sum of equal layouts is bound by memory. */
    private static final Set<String> FAST_TOO = Set.of("inner_product gemm:blas", "sum simple:any");

    private static final Pattern LAYOUTS = Pattern.compile("in:f32_(\\w+) out:f32_(\\w+)");

    /** Sizes where the last stage's pictures are smaller than, as large as and larger than its filters; odd ones. */
    private static final int[] SIZES = {32, 64, 96, 97, 160};

    @Test
    void areGeneratedForEveryShape() throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx3g", "-cp", System.getProperty("java.class.path"), Run.class.getName()));
        String output =
                Program.run(Map.of("MKLDNN_VERBOSE", "1"), command).ended(0).output();
        Set<String> slow = new TreeSet<>();
        int convolutions = 0;
        for (String line : output.lines().toList()) {
            Matcher m = LINE.matcher(line);
            if (m.matches()) {
                convolutions += m.group(1).equals("convolution") ? 1 : 0;
                if (!fast(m)) {
                    slow.add(String.join(",", m.group(1), m.group(2), m.group(3), m.group(4), m.group(6)));
                }
            }
        }
        // Forward and both gradients of 20 and 53 convolutions, but for the first one's input gradient; and scoring.
        int expected = SIZES.length * (2 * (3 * 20 - 1) + 20 + 2 * (3 * 53 - 1) + 53);
        assertEquals(expected, convolutions, output.substring(Math.max(0, output.length() - 1000)));
        assertTrue(slow.isEmpty(), () -> "expected generated kernels only, found " + String.join("\n", slow));
    }

    private static boolean fast(Matcher line) {
        if (line.group(2).startsWith("jit") || FAST_TOO.contains(line.group(1) + " " + line.group(2))) {
            return true;
        }
        // A copy, or the head's few numbers.
        Matcher layouts = LAYOUTS.matcher(line.group(4));
        return line.group(1).equals("reorder")
                && layouts.matches()
                && (layouts.group(1).equals(layouts.group(2)) || line.group(4).matches(".*_(nc|oi)\\b.*"));
    }

    /** What the test looks at, in a process of its own: mkldnn reads the variable once. */
    static final class Run {
        public static void main(String[] args) {
            // The other depths are made of the same layers.
            for (int depth : new int[] {18, 50}) {
                for (int size : SIZES) {
                    Model plain = Model.of("resnet" + depth, 5);
                    ModelState state = Initialization.fresh(plain, 1);
                    train(plain, state, size);
                    train(Model.of("resnet" + depth, 5, true), Folding.fold(plain, state), size);
                    try (NativeThread thread = NativeThread.borrow(1)) {
                        thread.call(() -> {
                            try (Body body = new Body(plain, 2, size, state.weights(), state.statistics())) {
                                return body.forward();
                            }
                        });
                    }
                }
            }
            System.exit(0);
        }

        private static void train(Model model, ModelState state, int size) {
            float[] gradient = new float[model.size()];
            try (NativeThread thread = NativeThread.borrow(1)) {
                thread.call(() -> {
                    try (Network n = new Network(model, 2, size, state.weights(), gradient, state.statistics(), null)) {
                        Arrays.fill(n.input(), 0.5f);
                        n.forward();
                        n.backward(new float[10]);
                    }
                    return null;
                });
            }
        }
    }
}
