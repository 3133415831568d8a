package ai.softlabel.fuzz;

import ai.softlabel.TestFiles;
import ai.softlabel.network.Safetensors;
import ai.softlabel.train.TrainTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What is fuzzed, and with what it starts. */
enum Target {
    DECODER(DecoderFuzz::fuzzerTestOneInput, DecoderFuzz.class) {
        @Override
        List<byte[]> corpus() throws IOException {
            List<byte[]> corpus = new ArrayList<>();
            try (Stream<Path> files = Files.list(TestFiles.resource("pictures"))) {
                for (Path f : files.filter(f -> !f.toString().endsWith(".rgb"))
                        .sorted()
                        .toList()) {
                    corpus.add(Files.readAllBytes(f));
                }
            }
            return corpus;
        }
    },
    ANNOTATIONS(AnnotationsFuzz::fuzzerTestOneInput, AnnotationsFuzz.class) {
        @Override
        List<byte[]> corpus() {
            return texts(
                    "Cat_1 1 1 1\ndog_1 2 2 1\n\0dog_2 2 2 1\n",
                    "# a comment\n\nCat_1 1\r\ndog_1 999999\n",
                    "\uFEFFCat_1 3 1 1\0Cat_1 3 1 1\n",
                    "a 1\nb 2\n_ 3\n\u00E9_1 4\n\0");
        }
    },
    SAFETENSORS(SafetensorsFuzz::fuzzerTestOneInput, SafetensorsFuzz.class) {
        @Override
        List<byte[]> corpus() throws IOException {
            ByteArrayOutputStream own = new ByteArrayOutputStream();
            Safetensors.write(
                    own,
                    List.of(
                            Safetensors.Tensor.floats("fc.weight", new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6}, 0),
                            Safetensors.Tensor.integer("bn1.num_batches_tracked", 7)),
                    Map.of("format", "pt"));
            return List.of(
                    own.toByteArray(),
                    file("{\"a\":{\"dtype\":\"BF16\",\"shape\":[2,0,3],\"data_offsets\":[0,0]}}", 0),
                    file(
                            "{\"a\":{\"dtype\":\"F16\",\"shape\":[4294967297],\"data_offsets\":[0,2]},"
                                    + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[2,10]}}",
                            10));
        }
    },
    CHECKPOINT(CheckpointFuzz::fuzzerTestOneInput, CheckpointFuzz.class) {
        @Override
        List<byte[]> corpus() throws IOException {
            return List.of(TrainTargets.example());
        }
    },
    RUN_FILES(RunFilesFuzz::fuzzerTestOneInput, RunFilesFuzz.class) {
        private static final String CARD =
                "{\"schema\":1,\"architecture\":\"resnet18\",\"image_size\":64,\"test_flip\":false,\"classes\":[\"a\",\"b\",\"c\"],"
                        + "\"mean\":[0.5,0.5,0.5],\"deviation\":[0.25,0.25,0.25],"
                        + "\"data\":{\"split\":\"official\",\"validation\":0.1,\"seed\":1,\"listing\":\"x\"}}\0";
        private static final String OLD_REPORT =
                "\0{\"status\":0,\"model\":{\"depth\":18},\"recalibrated\":{\"chosen\":\"vector\",\"vector\":{\"ece\":0.1}}}";

        @Override
        List<byte[]> corpus() {
            return texts(
                    CARD + "{\"schema\":1,\"method\":\"temperature\",\"temperature\":1.5}"
                            + "\0{\"schema\":1,\"status\":0,\"training\":{\"smoothing\":0.1,\"seed\":1},\"test\":{\"error\":0.5,\"nll\":1,\"ece\":0.1},"
                            + "\"recalibrated\":{\"chosen\":\"vector\",\"ece\":0.1,\"methods\":{\"vector\":{\"ece\":0.1}}}}",
                    CARD + "{\"method\":\"vector\",\"scale\":[1,2,3],\"shift\":[0,1e300,-1e300]}" + OLD_REPORT,
                    CARD + "{\"method\":\"platt\",\"scale\":[1,-2,3],\"shift\":[0,1,-1]}" + OLD_REPORT,
                    CARD + "{\"method\":\"beta\",\"a\":[1,0,3],\"b\":[1,2,0],\"c\":[0,1e300,-1]}" + OLD_REPORT,
                    CARD
                            + "{\"method\":\"isotonic\",\"count\":17,\"curves\":[{\"at\":[-3,-1.5],\"value\":[0,0.25]},{\"at\":[-4],\"value\":[0.125]},"
                            + "{\"at\":[-1,0,1],\"value\":[0.1,0.1,0.9]}]}"
                            + OLD_REPORT);
        }
    },
    COMMAND_LINE(CommandLineFuzz::fuzzerTestOneInput, CommandLineFuzz.class) {
        @Override
        List<byte[]> corpus() {
            return texts(
                    "# a profile\nepochs = 3\nlr=0.1 # high\n\0train\0--out\0x\0--profile\0fuzz\0--smoothing\0" + "0.1",
                    "depth = 50\narchitecture = resnet18\n\0train\0--out\0x\0--profile\0fuzz",
                    "\0study\0--out\0x\0--smoothing\0" + "0,0.1\0--seeds\0" + "2\0--recalibrate\0vector",
                    "\0predict\0--model\0m\0--out\0x\0--top-k\0" + "5\0--all-probabilities\0--resume",
                    "\0bench\0--case\0scaling\0--executors\0" + "2,4\0--gigabits\0" + "10",
                    "\0find-lr\0--out\0x\0--from\0" + "1e-6\0--to\0" + "1\0--loss\0max-sup:strength=0.5",
                    "\0export\0--model\0m\0--out\0x.onnx\0evaluate\0--max-rejected\0" + "0.1",
                    "\0inspect\0--out\0x\0--split\0" + "0.2\0--validation\0" + "0.1\0--seed\0-1\0--replace");
        }
    },
    EVENT_LOG(EventLogFuzz::fuzzerTestOneInput, EventLogFuzz.class) {
        @Override
        List<byte[]> corpus() {
            return texts(
                    "{\"time\":1,\"kind\":\"started\",\"body\":{\"title\":\"a <attack>\",\"epochs\":2,\"batch_size\":16,\"replicas\":2,\"train\":80,"
                            + "\"rejected\":1,\"rejections\":[{\"path\":\"x.jpg\",\"reason\":\"<attack>\"}]}}\n"
                            + "{\"time\":2,\"kind\":\"progress\",\"body\":{\"epoch\":0,\"step\":2,\"steps\":5,\"loss\":1.5,\"rate\":0.01,\"seconds\":4}}\n"
                            + "{\"time\":3,\"kind\":\"epoch\",\"body\":{\"epoch\":1,\"loss\":1.25,\"seconds\":3,\"images_per_second\":26.7,"
                            + "\"test\":{\"count\":8,\"error\":0.25,\"nll\":0.9,\"ece\":0.125},"
                            + "\"bins\":[{\"low\":0.4,\"high\":0.5,\"count\":8,\"confidence\":0.45,\"accuracy\":0.75}],"
                            + "\"partitions\":[{\"id\":0,\"host\":\"<attack>\",\"count\":4,\"error\":0.25,\"nll\":0.9,\"ece\":0.1}],"
                            + "\"executors\":[{\"id\":\"0\",\"host\":\"h\",\"bytes\":5}]}}\n"
                            + "{\"time\":4,\"kind\":\"ended\",\"body\":{\"status\":3,\"message\":\"<attack> \\u001b[2J\"}}\n",
                    "{\"time\":3,\"kind\":\"epoch\",\"body\":{\"epoch\":1}}\n{\"time\":2,\"kind\":\"progress\",\"body\":{}}\n",
                    "{\"kind\":\"started\",\"body\":null}\n{\"body\":[1]}\n{\"kind\":\"epoch\",\"body\":7}\n");
        }
    },
    MAILBOX(MailboxFuzz::fuzzerTestOneInput, MailboxFuzz.class) {
        @Override
        List<byte[]> corpus() {
            return List.of(
                    message("box.0 g 0 1 3", "abc", "box.0 w 0 3 2", "xy"),
                    message("box.0 g 0 1 999999999", "abc", "box.0 g 0 1 64", "a".repeat(64), "box.0 g 0 1 1", "b"),
                    message("box.1 g 0 0 0", "", "box.0 g 1 0 1", "c", "box.0 g 0 0 2", "c", "box.0 x 0 9 1", "c"));
        }
    };

    final Consumer<byte[]> one;
    final Class<?> type;

    Target(Consumer<byte[]> one, Class<?> type) {
        this.one = one;
        this.type = type;
    }

    abstract List<byte[]> corpus() throws IOException;

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts).map(t -> t.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static byte[] file(String header, int data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return java.nio.ByteBuffer.allocate(8 + json.length + data)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private static byte[] message(String... headsAndBodies) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String part : headsAndBodies) {
            out.write(part.length());
            out.writeBytes(part.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }
}
