package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the guides in docs, word for word, on pets of four breeds, with a hub on this machine. */
@Tag("cluster")
@Tag("long")
class GuidesIT {
    @TempDir
    Path dir;

    /** Copies 45 pictures of each of four breeds into the folder that is said for a breed and a number from 1. */
    private static void copy(BiFunction<String, Integer, Path> to) throws IOException {
        Map<String, Integer> seen = new TreeMap<>();
        for (Path p : TestFiles.list(TestFiles.shared("pets").resolve("images"))) {
            String breed = p.getFileName().toString().replaceFirst("_\\d+.jpg$", "");
            int n = seen.merge(breed, 1, Integer::sum);
            if (List.of("Abyssinian", "Bengal", "beagle", "pug").contains(breed) && n <= 45) {
                Path folder = Files.createDirectories(to.apply(breed, n));
                Files.copy(p, folder.resolve(p.getFileName()));
            }
        }
    }

    @Test
    void ownPictures() throws Exception {
        Path weights = TestFiles.shared("weights/resnet18-imagenet.safetensors");
        Path pictures = Files.createDirectories(dir.resolve("pictures"));
        Path fresh = Files.createDirectories(dir.resolve("new"));
        copy((breed, n) -> n <= 40 ? pictures : fresh);
        HttpServer hub = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        hub.createContext("/timm/resnet18.tv_in1k/resolve/main/", exchange -> {
            boolean model = exchange.getRequestURI().getPath().endsWith("/model.safetensors");
            byte[] bytes = model ? Files.readAllBytes(weights) : "{}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        hub.start();
        try {
            Program.run(
                            Map.of(
                                    "SPARK_LOCAL_IP",
                                    "127.0.0.1",
                                    "SOFTLABEL_HUB",
                                    "http://127.0.0.1:" + hub.getAddress().getPort(),
                                    "PICTURES",
                                    pictures.toString(),
                                    "NEW_PICTURES",
                                    fresh.toString()),
                            List.of("docs/guide.sh", "own-pictures"))
                    .ended(0);
        } finally {
            hub.stop(0);
        }
        JsonNode report = new ObjectMapper()
                .readTree(Path.of("target/own-pictures/run/report.json").toFile());
        assertEquals(32, report.at("/data/test").asInt());
        assertTrue(
                report.at("/test/error").asDouble() < 0.2,
                report.at("/test/error").toString());
    }

    @Test
    void fromFastaiOrPyTorch() throws Exception {
        Path weights = TestFiles.shared("weights/resnet18-imagenet.safetensors");
        Path folder = dir.resolve("folder");
        Path fresh = Files.createDirectories(dir.resolve("new"));
        copy((breed, n) ->
                n > 40 ? fresh : folder.resolve(n <= 30 ? "train" : "val").resolve(breed));
        Program.run(
                        Map.of(
                                "SPARK_LOCAL_IP",
                                "127.0.0.1",
                                "FOLDER",
                                folder.toString(),
                                "WEIGHTS",
                                weights.toString(),
                                "NEW_PICTURES",
                                fresh.toString()),
                        List.of("docs/guide.sh", "from-fastai-pytorch"))
                .ended(0);
        Path out = Path.of("target/from-fastai-pytorch");
        JsonNode report =
                new ObjectMapper().readTree(out.resolve("scored/report.json").toFile());
        assertEquals(40, report.at("/data/test").asInt());
        assertTrue(
                report.at("/test/error").asDouble() < 0.5,
                report.at("/test/error").toString());
        assertTrue(Files.size(out.resolve("model.onnx")) > 40_000_000);
    }
}
