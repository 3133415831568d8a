package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import ai.softlabel.data.SampleFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the pages that docs/pages.sh runs, word for word, on few and small pictures. */
@Tag("cluster")
@Tag("long")
class PagesIT {
    @TempDir
    Path dir;

    private Map<String, String> environment;

    @BeforeEach
    void pictures() throws IOException {
        Path weights = TestFiles.shared("weights/resnet18-imagenet.safetensors");
        Path pets = dir.resolve("pets");
        SampleFiles.pets(pets, 3, 20, 8);
        Path pictures = dir.resolve("pictures");
        Path fresh = Files.createDirectories(dir.resolve("new"));
        for (Path p : TestFiles.list(pets.resolve("images"))) {
            String name = p.getFileName().toString();
            Path folder = Files.createDirectories(pictures.resolve(name.replaceFirst("_\\d+[.]jpg$", "")));
            Files.copy(p, folder.resolve(name));
            if (name.endsWith("1.jpg")) {
                Files.copy(p, fresh.resolve(name));
            }
        }
        environment = Map.of(
                "SPARK_LOCAL_IP",
                "127.0.0.1",
                "PICTURES",
                pictures.toString(),
                "NEW_PICTURES",
                fresh.toString(),
                "PETS",
                pets.toString(),
                "WEIGHTS",
                weights.toString());
    }

    @Test
    void thePagesCommandsWork() throws Exception {
        Program.run(environment, List.of("docs/pages.sh")).ended(0);
    }

    /** The README's, in a clone of this commit, begin with the build. */
    @Test
    void theReadmesCommandsWorkInACleanClone() throws Exception {
        Path clone = Checkout.into(dir.resolve("clone"));
        // Nothing of this build's.
        List<String> command = new ArrayList<>(List.of("env", "-u", "SPARK_HOME", "-u", "SPARK_SCALA_VERSION"));
        command.addAll(List.of(clone.resolve("docs/pages.sh").toString(), "README.md"));
        Program said = Program.run(environment, command).ended(0);
        assertTrue(said.output().contains("softlabel: first start: building the job"), said.output());
    }
}
