package ai.softlabel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.data.SampleFiles;
import ai.softlabel.network.Initialization;
import ai.softlabel.network.Model;
import ai.softlabel.network.Weights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad inputs through the whole command: each ends in one line and a fitting status. */
class BadInputsTest {
    private static final String CARD =
            "{\"schema\":1,\"architecture\":\"resnet18\",\"image_size\":64,\"test_flip\":false,\"classes\":[\"a\",\"b\",\"c\"],"
                    + "\"mean\":[0.5,0.5,0.5],\"deviation\":[0.25,0.25,0.25],"
                    + "\"data\":{\"split\":\"official\",\"validation\":0.1,\"seed\":1,\"listing\":\"x\"}}";

    @TempDir
    static Path dir;

    @BeforeAll
    static void files() throws IOException {
        System.setProperty("spark.ui.enabled", "false");
        System.setProperty("spark.driver.host", "127.0.0.1");
        SampleFiles.pets(dir.resolve("pets"), 3, 8, 4);
        for (String folder :
                List.of("empty", "zero/a", "zero/b", "one/only", "folder.csv", "folder.safetensors", "loop")) {
            Files.createDirectories(dir.resolve(folder));
        }
        for (String zero : List.of("zero/a/1.jpg", "zero/b/1.jpg")) {
            Files.createFile(dir.resolve(zero));
        }
        Files.copy(
                dir.resolve("pets/images/"
                        + Files.readAllLines(dir.resolve("pets/annotations/test.txt"))
                                .get(0)
                                .split(" ", 2)[0] + ".jpg"),
                dir.resolve("one/only/1.jpg"));
        Files.createSymbolicLink(dir.resolve("loop/a"), dir.resolve("loop"));
        Files.writeString(dir.resolve("words"), "hello");
        run("cut", CARD, 1_000_000);
        run("twice", CARD.replace("\"b\"", "\"a\""), 0);
        run("nan", CARD, 0);
        Files.writeString(dir.resolve("nan/calibration.json"), "{\"method\":\"temperature\",\"temperature\":NaN}");
        run("fine", CARD, 0);
        Files.createDirectories(dir.resolve("resumed"));
        Files.writeString(dir.resolve("resumed/checkpoints"), "no folder");
    }

    /** A run's model, its weights cut to a length where that is above 0. */
    private static void run(String name, String card, long length) throws IOException {
        Path run = Files.createDirectories(dir.resolve(name));
        Files.writeString(run.resolve("model.json"), card);
        Path weights = run.resolve("model.safetensors");
        Model model = Model.of("resnet18", 3);
        try (OutputStream out = Files.newOutputStream(weights)) {
            Weights.save(model, Initialization.fresh(model, 1), out, Map.of());
        }
        if (length > 0) {
            try (var channel = java.nio.channels.FileChannel.open(weights, java.nio.file.StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
        }
    }

    @AfterAll
    static void clear() {
        System.clearProperty("spark.driver.host");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | train --data D/words --out D/o20 $T                                | folder",
                "3 | train --data D/empty --out D/o21 $T                                | ",
                "3 | train --data D/zero --out D/o22 $T                                 | empty",
                "2 | train --data D/pets --out D/words $T                             | D/words",
                "3 | train --data D/pets --out D/words/run $T                         | D/words",
                "3 | train --data D/pets --out D/o1 --weights D/folder.safetensors $T | folder.safetensors",
                "3 | train --data D/pets --out D/o2 --weights D/words $T              | words",
                "3 | predict --data D/pets --model D/cut --out D/o3 --master local[2] | safetensors",
                "3 | predict --data D/pets --model D/twice --out D/o4 --master local[2] | classes",
                "3 | predict --data D/pets --model D/nan --out D/o5 --master local[2] | calibration.json",
                "2 | train --data D/pets --out D/o --profile ../../etc/passwd         | etc/passwd",
                "2 | train --data D/pets --out D/o --epochs 99999999999               | 99999999999",
                "2 | train --data D/pets --out D/o --lr NaN                           | NaN",
                "2 | train --data D/pets --out D/o --loss label-smoothing:epsilon=abc | abc",
                "2 | train --data D/pets --out D/o6 --batch-size 12 --replicas 1000 --image-size 64 --master local[2] | 1000",
                "3 | train --data D/one --out D/o7 $T                                 | two classes",
                "3 | train --data D/pets --out D/o8 --batch-size 100000 --replicas 1 --image-size 64 --master local[2] | 100000",
                "2 | train --data D/pets --out D/resumed --resume $T                  | D/resumed/checkpoints, found a file",
                "3 | train --data file:///no%zz/[x] --out D/o9 $T                     | no%zz",
                "3 | calibrate --model D/fine --master local[2]                       | predictions.parquet",
                "3 | train --data D/pets --out D/o10 --experiments D/folder.csv $T    | folder.csv",
                "3 | export --model D/fine --out D/folder.safetensors --format safetensors | folder.safetensors",
                "3 | evaluate --data D/pets --model D/fine --out D/o11 --master local[2] | class",
                "3 | inspect --data D/loop --out D/o12 --master local[2]              | loop",
                "2 | train --out                                                      | out",
                "2 | predict --data D/pets --model D/fine --out D/o --top-k 0         | top-k",
                "2 | study --out D/o --smoothing 0,,0.1                               | smoothing"
            })
    void endInOneLine(int status, String words, String quoted) {
        List<String> arguments = new ArrayList<>();
        for (String word : words.replace(
                        "$T", "--image-size 64 --batch-size 8 --epochs 1 --replicas 1 --master local[2]")
                .split(" ")) {
            arguments.add(word.replace("D/", dir + "/"));
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.err;
        int found;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            found = Main.run(arguments).code();
        } finally {
            System.setErr(before);
        }
        String text = said.toString(StandardCharsets.UTF_8);
        assertEquals(status, found, text);
        assertEquals(1, text.lines().count(), text);
        assertTrue(text.startsWith("softlabel: ") && text.contains("expected ") && text.contains("; "), text);
        assertTrue(quoted == null || text.contains(quoted.replace("D/", dir + "/")), text);
    }
}
