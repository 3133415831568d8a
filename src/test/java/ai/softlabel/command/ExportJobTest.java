package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.command.export.ExportJob;
import ai.softlabel.command.export.ExportSettings;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Body;
import ai.softlabel.network.Head;
import ai.softlabel.network.Initialization;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.Network;
import ai.softlabel.network.Safetensors;
import ai.softlabel.network.Weights;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.run.ModelCard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportJobTest {
    private static final int SIZE = 64;
    private static final List<String> CLASSES = List.of("a cat", "b", "c");

    @TempDir
    Path dir;

    /**
     * A run whose statistics are those of the pictures it sees, so that its features differ from picture to picture.
     */
    private ModelState run(int depth, Model model, PictureSizes sizes, boolean flip) throws IOException {
        ModelState fresh = Initialization.fresh(model, 7);
        try (NativeThread thread = NativeThread.borrow(2)) {
            thread.call(() -> {
                try (Network n = new Network(
                        model, 4, SIZE, fresh.weights(), new float[model.size()], fresh.statistics(), null)) {
                    for (int k = 0; k < 40; k++) {
                        System.arraycopy(pictures(4, k), 0, n.input(), 0, n.input().length);
                        n.forward();
                    }
                    n.statistics(fresh.statistics());
                }
                return null;
            });
        }
        Directory run = Directory.of("out", dir.resolve("run").toString(), new Configuration());
        run.write(ModelCard.WEIGHTS, out -> Weights.save(model, fresh, out, Map.of()));
        new ModelCard(
                        "resnet" + depth,
                        sizes,
                        flip,
                        CLASSES,
                        Normalization.IMAGENET,
                        Decoding.FULL,
                        "official",
                        0,
                        1,
                        "x",
                        null)
                .write(run);
        return fresh;
    }

    private static float[] pictures(int batch, long seed) {
        float[] pictures = new float[batch * 3 * SIZE * SIZE];
        SplittableRandom r = new SplittableRandom(seed);
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = (float) (4 * r.nextDouble() - 2);
        }
        return pictures;
    }

    /** Exports, and gives the lines that it says. */
    private List<String> export(String format, String file) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new ExportJob(
                            new ExportSettings(
                                    dir.resolve("run").toString(),
                                    format,
                                    dir.resolve(file).toString()),
                            console)
                    .run();
        }
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static boolean warned(List<String> said) {
        return said.stream().anyMatch(l -> l.contains("averages logits over"));
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 50})
    void onnxRuntimeGivesTheSameLogits(int depth) throws IOException, OrtException {
        Model model = Model.of("resnet" + depth, CLASSES.size());
        // One run averages nothing, the other one mirror images.
        boolean flip = depth == 50;
        ModelState state = run(depth, model, PictureSizes.of(SIZE), flip);
        assertEquals(flip, warned(export("onnx", "model.onnx")));
        int batch = 2;
        float[] pictures = pictures(batch, 99);
        float[] ours;
        try (NativeThread thread = NativeThread.borrow(2)) {
            ours = thread.call(() -> {
                try (Body body = new Body(model, batch, SIZE, state.weights(), state.statistics());
                        Head head = new Head(model, batch, state.weights(), null, null)) {
                    System.arraycopy(pictures, 0, body.input(), 0, pictures.length);
                    return head.forward(body.forward()).clone();
                }
            });
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session =
                        environment.createSession(dir.resolve("model.onnx").toString());
                OnnxTensor input = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(pictures), new long[] {batch, 3, SIZE, SIZE});
                OrtSession.Result result = session.run(Map.of("pictures", input))) {
            float[][] logits = (float[][]) result.get("logits").orElseThrow().getValue();
            assertTrue(Math.abs(ours[0] - ours[CLASSES.size()]) > 1e-3, "both pictures have the same logits");
            float largest = 0;
            float worst = 0;
            for (int i = 0; i < ours.length; i++) {
                largest = Math.max(largest, Math.abs(ours[i]));
                worst = Math.max(worst, Math.abs(ours[i] - logits[i / CLASSES.size()][i % CLASSES.size()]));
            }
            ai.softlabel.conformance.Comparisons.check(
                    "ONNX export of ResNet-" + depth + ": logits",
                    "onnxruntime " + environment.getVersion(),
                    worst / largest,
                    1e-4,
                    "the largest logit");
            Map<String, String> metadata = session.getMetadata().getCustomMetadata();
            assertEquals("[\"a cat\",\"b\",\"c\"]", metadata.get("classes"));
            assertTrue(
                    metadata.get("preprocessing").contains("\"center_crop\":64")
                            && metadata.get("preprocessing").contains("0.485"),
                    metadata.toString());
            assertTrue(metadata.containsKey("calibration"));
            assertEquals("[64]", metadata.get("test_sizes"));
            assertEquals(String.valueOf(flip), metadata.get("test_flip"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {34})
    void safetensorsKeepEveryBit(int depth) throws IOException {
        Model model = Model.of("resnet" + depth, CLASSES.size());
        ModelState state = run(depth, model, PictureSizes.of(SIZE, 32), true);
        List<String> said = export("safetensors", "sub/model.safetensors");
        assertEquals(
                "the run averages logits over 4 views, and its calibration is fitted on these;"
                        + " the file's network gives those of one view, the crop of 64 pixels",
                said.get(said.size() - 1));
        Safetensors file = Safetensors.read("exported", Files.readAllBytes(dir.resolve("sub/model.safetensors")));
        Weights.Loaded loaded = Weights.load(model, file, "exported", Initialization.fresh(model, 1));
        assertArrayEquals(state.weights(), loaded.state().weights());
        assertArrayEquals(state.statistics(), loaded.state().statistics());
        assertEquals("[\"a cat\",\"b\",\"c\"]", file.metadata().get("classes"));
        assertEquals("[64,32]", file.metadata().get("test_sizes"));
        assertEquals("true", file.metadata().get("test_flip"));
    }
}
