package ai.softlabel.train;

import ai.softlabel.ExitStatus;
import ai.softlabel.Sha256;
import ai.softlabel.files.Directory;
import ai.softlabel.fuzz.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** What the training room promises for any bytes; a fuzz target calls it. */
public final class TrainTargets {
    private static final Path FOLDER = Promise.folder("checkpoint");
    private static final Directory CHECKPOINTS = Directory.of("out", FOLDER.toString(), new Configuration());
    private static final Fingerprint FINGERPRINT = new Fingerprint(Map.of("name", "a"), null);

    private TrainTargets() {}

    /** The two files of a checkpoint, separated by a NUL, with {@code HASH} in place of the hash. */
    public static byte[] example() throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        Path folder = Files.createTempDirectory("softlabel-checkpoint");
        try {
            new Checkpoints(Directory.of("out", folder.toString(), new Configuration()), FINGERPRINT, 1)
                    .write(
                            new Snapshot(
                                    new ai.softlabel.network.ModelState(new float[] {1, 2}, new float[] {3}, 4),
                                    new float[][] {{5, 6}},
                                    1,
                                    List.of(0.5),
                                    1.5,
                                    0,
                                    new float[] {7}),
                            0);
            byte[] arrays = Files.readAllBytes(folder.resolve("epoch-0001.safetensors"));
            String figures = Files.readString(folder.resolve("epoch-0001.json")).replace(Sha256.of(arrays), "HASH");
            both.write(figures.getBytes(StandardCharsets.UTF_8));
            both.write(0);
            both.write(arrays);
        } finally {
            for (String f : List.of("epoch-0001.safetensors", "epoch-0001.json")) {
                Files.deleteIfExists(folder.resolve(f));
            }
            Files.delete(folder);
        }
        return both.toByteArray();
    }

    /** Any bytes are a whole checkpoint, whose arrays fit each other, or a line that says why not. */
    public static void checkpoint(byte[] input) {
        List<byte[]> files = Promise.parts(input, 2);
        Promise.oneLine(Set.of(ExitStatus.INPUT), () -> {
            byte[] figures = Promise.text(files.get(0))
                    .replace("HASH", Sha256.of(files.get(1)))
                    .getBytes(StandardCharsets.UTF_8);
            Files.write(FOLDER.resolve("epoch-0001.json"), figures);
            Files.write(FOLDER.resolve("epoch-0001.safetensors"), files.get(1));
            Checkpoints.replicas(CHECKPOINTS);
            Snapshot found = new Checkpoints(CHECKPOINTS, FINGERPRINT, 1).newest();
            Promise.require(found.epochs() == 1, found.epochs() + " epochs");
            Promise.require(found.model().steps() >= 0 && found.seconds() >= 0 && found.headPasses() >= 0, "below 0");
            for (float[] state : found.states()) {
                Promise.require(state.length == found.model().weights().length, "a state of another length");
            }
        });
    }
}
