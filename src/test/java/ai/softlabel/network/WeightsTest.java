package ai.softlabel.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {
    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    @Test
    void whatIsSavedIsLoadedBitForBit() throws IOException {
        Model model = Model.of("resnet18", 7);
        ModelState state = Initialization.fresh(model, 5);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Weights.save(model, new ModelState(state.weights(), state.statistics(), 460), out, Map.of("format", "pt"));
        Safetensors read = Safetensors.read("saved", out.toByteArray());
        assertTrue(read.names()
                .containsAll(List.of("bn1.num_batches_tracked", "layer2.0.downsample.1.running_var", "fc.bias")));
        assertEquals(122, read.names().size());
        Weights.Loaded loaded = Weights.load(model, read, "saved", Initialization.fresh(model, 6));
        assertFalse(loaded.headReplaced());
        assertArrayEquals(state.weights(), loaded.state().weights());
        assertArrayEquals(state.statistics(), loaded.state().statistics());
    }

    @Test
    void aHeadForOtherClassesIsReplaced() throws IOException {
        Model seven = Model.of("resnet18", 7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Weights.save(seven, Initialization.fresh(seven, 5), out, Map.of());
        Model five = Model.of("resnet18", 5);
        ModelState start = Initialization.fresh(five, 6);
        Weights.Loaded loaded = Weights.load(five, Safetensors.read("saved", out.toByteArray()), "saved", start);
        assertTrue(loaded.headReplaced());
        assertEquals(7, loaded.fileClasses());
        assertEquals(start.weights()[five.headOffset()], loaded.state().weights()[five.headOffset()]);
        assertEquals(Initialization.fresh(seven, 5).weights()[0], loaded.state().weights()[0]);
    }

    @Test
    void aFileForAnotherDepthIsRefused() throws IOException {
        Model model = Model.of("resnet18", 7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Weights.save(model, Initialization.fresh(model, 5), out, Map.of());
        Model other = Model.of("resnet50", 7);
        JobException e = assertThrows(
                JobException.class,
                () -> Weights.load(
                        other, Safetensors.read("saved", out.toByteArray()), "saved", Initialization.fresh(other, 1)));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(
                e.getMessage().contains("resnet50") && e.getMessage().contains("layer1.0.conv1.weight"),
                e.getMessage());
    }

    /** A deeper network has all the tensors of a shallower one. */
    @Test
    void aFileForADeeperNetworkIsRefused() throws IOException {
        Model deep = Model.of("resnet101", 7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Weights.save(deep, Initialization.fresh(deep, 5), out, Map.of());
        Model model = Model.of("resnet50", 7);
        JobException e = assertThrows(
                JobException.class,
                () -> Weights.load(
                        model, Safetensors.read("saved", out.toByteArray()), "saved", Initialization.fresh(model, 1)));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(
                e.getMessage().contains("layer3.6.conv1.weight")
                        && e.getMessage().contains("--architecture"),
                e.getMessage());
    }

    /** As PyTorch's DataParallel writes names. */
    @Test
    void aPrefixBeforeEveryNameIsLeftOut() throws IOException {
        Model model = Model.of("resnet18", 7);
        ModelState state = Initialization.fresh(model, 5);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        java.util.List<Safetensors.Tensor> tensors = new java.util.ArrayList<>();
        for (Parameter p : model.parameters()) {
            tensors.add(Safetensors.Tensor.floats("module.model." + p.name(), p.shape(), state.weights(), p.offset()));
        }
        for (BatchNormStatistics s : model.statistics()) {
            int[] shape = {s.channels()};
            for (String kind : List.of(".running_mean", ".running_var")) {
                tensors.add(Safetensors.Tensor.floats(
                        "module.model." + s.name() + kind,
                        shape,
                        state.statistics(),
                        s.offset() + (kind.endsWith("var") ? s.channels() : 0)));
            }
        }
        Safetensors.write(out, tensors, Map.of());
        Weights.Loaded loaded = Weights.load(
                model, Safetensors.read("saved", out.toByteArray()), "saved", Initialization.fresh(model, 6));
        assertEquals("module.model.", loaded.prefix());
        assertFalse(loaded.headReplaced());
        assertArrayEquals(state.weights(), loaded.state().weights());
        assertArrayEquals(state.statistics(), loaded.state().statistics());
    }

    @Test
    void everyTensorThatDoesNotFitIsNamed() throws IOException {
        Model wide = Model.of("wide_resnet50_2", 7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Weights.save(wide, Initialization.fresh(wide, 5), out, Map.of());
        Model model = Model.of("resnet50", 7);
        String message = assertThrows(
                        JobException.class,
                        () -> Weights.load(
                                model,
                                Safetensors.read("saved", out.toByteArray()),
                                "saved",
                                Initialization.fresh(model, 1)))
                .getMessage();
        for (String name : List.of("layer1.0.conv1.weight", "layer1.0.conv2.weight", "layer1.1.bn1.weight")) {
            assertTrue(message.contains(name), message);
        }
        assertTrue(message.contains("[64, 64, 1, 1] expected, [128, 64, 1, 1] found"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void halvesAndBrainFloatsAreRead() {
        byte[] f16 = file("{\"a\":{\"dtype\":\"F16\",\"shape\":[8],\"data_offsets\":[0,16]}}", 16);
        short[] bits = {0x3C00, (short) 0xC000, 0x7BFF, 0x0001, (short) 0x8000, 0x0400, 0x3555, 0x7C00};
        float[] values = {1, -2, 65504, 0x1p-24f, -0f, 0x1p-14f, 0.33325195f, Float.POSITIVE_INFINITY};
        ByteBuffer.wrap(f16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(f16.length - 16)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer()
                .put(bits);
        float[] out = new float[8];
        assertEquals(8, Safetensors.read("f16", f16).floats("a", out, 0));
        assertArrayEquals(values, out);
        byte[] bf16 = file("{\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]}}", 2);
        bf16[bf16.length - 2] = (byte) 0x49;
        bf16[bf16.length - 1] = 0x40;
        Safetensors.read("bf16", bf16).floats("a", out, 0);
        assertEquals(3.140625f, out[0]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | expected 8 bytes within 4 for tensor a",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}} | 8 | for tensor a",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | tensor a to begin at 0",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | overlaps",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 8 | only 4 covered",
                "{\"a\":{\"dtype\":\"Q4\",\"shape\":[1],\"data_offsets\":[0,4]}} | 4 | types",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | 4 | dimensions of at least 0 for tensor a",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}} | 4 | for tensor a",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}} | 4 | for tensor a",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}} | 4 | for tensor a",
                "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}} | 4 | for tensor a",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 4 | each name once",
                "[1,2] | 0 | a JSON object",
                "{nonsense | 0 | a JSON header"
            })
    void hostileFilesAreRefused(String header, int bytes, String quoted) {
        JobException e = assertThrows(JobException.class, () -> Safetensors.read("hostile", file(header, bytes)));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().contains(quoted), e.getMessage());
    }

    @Test
    void hostileLengthsAreRefused() {
        for (long length : new long[] {Long.MAX_VALUE, -1, 0, 1L << 40, 100}) {
            byte[] bytes = ByteBuffer.allocate(20)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(length)
                    .array();
            assertTrue(assertThrows(JobException.class, () -> Safetensors.read("hostile", bytes))
                    .getMessage()
                    .contains("a header of 2 to 12 bytes"));
        }
        assertThrows(JobException.class, () -> Safetensors.read("hostile", new byte[3]));
    }

    @ParameterizedTest
    @CsvSource({"18", "50"})
    void theSharedWeightsLoad(int depth) throws IOException {
        byte[] bytes = Files.readAllBytes(TestFiles.shared("weights/resnet" + depth + "-imagenet.safetensors"));
        Model model = Model.of("resnet" + depth, 37);
        Weights.Loaded loaded =
                Weights.load(model, Safetensors.read("shared", bytes), "shared", Initialization.fresh(model, 1));
        assertTrue(loaded.headReplaced());
        assertEquals(1000, loaded.fileClasses());
    }

    @Test
    void freshWeightsAreKaimings() {
        Model model = Model.of("resnet34", 37);
        ModelState fresh = Initialization.fresh(model, 9);
        for (Parameter p : model.parameters()) {
            double sum = 0;
            double squares = 0;
            for (int i = p.offset(); i < p.offset() + p.size(); i++) {
                sum += fresh.weights()[i];
                squares += fresh.weights()[i] * (double) fresh.weights()[i];
            }
            double mean = sum / p.size();
            double deviation = Math.sqrt(squares / p.size() - mean * mean);
            if (p.kind() == Parameter.Kind.CONVOLUTION) {
                double expected = Math.sqrt(2.0 / (p.shape()[0] * p.shape()[2] * p.shape()[3]));
                assertEquals(1, deviation / expected, 0.05, p.name());
                assertEquals(0, mean / expected, 0.05, p.name());
            } else if (p.kind() == Parameter.Kind.NORM_WEIGHT) {
                assertEquals(1, mean, p.name());
            }
        }
        assertArrayEquals(fresh.weights(), Initialization.fresh(model, 9).weights());
    }
}
