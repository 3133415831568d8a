package ai.softlabel.train;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Safetensors;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder in which executors write the optimiser's arrays themselves, each those of its slice, so that the driver
 * need not hold them. A file has a range of every array, of type F32, and the checkpoint's index names the files.
 *
 * @param folder of the checkpoints
 * @param token what the driver wrote there; an executor that does not find it sees another folder
 * @param most numbers of a file
 */
public record StateFiles(String folder, SerializableConfiguration configuration, String token, int most)
        implements Serializable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateFiles.class);
    private static final String MARK = ".driver";
    // Digits of a writer's own name.
    private static final int WRITER = 8;
    private static final Pattern NAME = Pattern.compile("[^.]+\\.[0-9a-f]{8}-[0-9]+\\.safetensors");

    /**
     * A file.
     *
     * @param from the first number of each array that it has
     * @param to behind the last one
     */
    record Piece(String file, String sha256, int from, int to) implements Serializable {}

    /** Whether a file's name is one that {@link #write} gives. */
    static boolean named(String file) {
        return NAME.matcher(file).matches();
    }

    /** Of files that are only read. */
    static StateFiles of(Directory folder) {
        return new StateFiles(
                folder.path(""), new SerializableConfiguration(folder.configuration()), "", CheckpointArrays.MOST);
    }

    /** Lets executors write into a folder, as far as they see it. */
    static StateFiles open(Directory folder, int most) throws IOException {
        String token = UUID.randomUUID().toString();
        folder.writeText(MARK, token);
        return new StateFiles(folder.path(""), new SerializableConfiguration(folder.configuration()), token, most);
    }

    /** Takes back what {@link #open} wrote. */
    @Override
    public void close() throws IOException {
        directory().delete(MARK);
    }

    private Directory directory() {
        return Directory.of("out", folder, configuration.value());
    }

    /** Whether this process sees the driver's folder. */
    boolean shared() {
        try {
            return directory().readText(MARK).equals(token);
        } catch (IOException | RuntimeException | LinkageError e) {
            // A file system whose library this process lacks is no IOException.
            return false;
        }
    }

    /**
     * Writes an executor's slice, under names of this call's own: a try of a stage that was given up may still write.
     *
     * @param name of the checkpoint
     * @param states of the slice; those after the first {@code count} are left out
     * @return the files, or null where it can't write: the driver may be another user, who can
     */
    List<Piece> write(String name, Exchange.Slice slice, float[][] states, int count) {
        String writer = UUID.randomUUID().toString().substring(0, WRITER);
        Directory directory = directory();
        List<Piece> pieces = new ArrayList<>();
        int each = Math.max(1, most / Math.max(1, count));
        try {
            for (int done = 0; done < slice.size() && count > 0; ) {
                int size = Math.min(each, slice.size() - done);
                List<Safetensors.Tensor> tensors = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    tensors.add(Safetensors.Tensor.floats(name(i), new int[] {size}, states[i], done));
                }
                int from = slice.from() + done;
                String file = name + "." + writer + "-" + from + CheckpointArrays.ENDING;
                pieces.add(new Piece(file, CheckpointArrays.write(directory, file, tensors), from, from + size));
                done += size;
            }
        } catch (IOException e) {
            LOG.warn(
                    "can't write the optimiser's arrays in {} ({}): the driver gets them",
                    folder,
                    Plain.line(e.getMessage()));
            return null;
        }
        return pieces;
    }

    /** What a state is called in a file. */
    static String name(int state) {
        return "state" + state;
    }

    /**
     * Reads numbers of each array that the files have; what no file has stays what it is.
     *
     * @param from the first number's place
     * @param states for each array the numbers from there on, all as long as each other
     */
    void read(List<Piece> pieces, int from, float[][] states) throws IOException {
        Directory directory = directory();
        int to = from + (states.length == 0 ? 0 : states[0].length);
        for (Piece p : pieces) {
            int first = Math.max(from, p.from());
            int count = Math.min(to, p.to()) - first;
            if (count > 0) {
                Safetensors file = CheckpointArrays.part(directory, p.file(), p.sha256());
                for (int i = 0; i < states.length; i++) {
                    if (file.has(name(i))) {
                        requireLength(file, p, i);
                        float[] all = new float[p.to() - p.from()];
                        file.floats(name(i), all, 0);
                        System.arraycopy(all, first - p.from(), states[i], first - from, count);
                    }
                }
            }
        }
    }

    /** Checks that a file is there and whole, with so many arrays. */
    void check(Piece piece, int count) throws IOException {
        Safetensors file = CheckpointArrays.part(directory(), piece.file(), piece.sha256());
        for (int i = 0; i < count; i++) {
            requireLength(file, piece, i);
        }
    }

    private static void requireLength(Safetensors file, Piece piece, int state) throws IOException {
        int[] shape = file.has(name(state)) ? file.shape(name(state)) : new int[0];
        if (shape.length != 1 || shape[0] != piece.to() - piece.from()) {
            throw new IOException("expected " + (piece.to() - piece.from()) + " numbers of " + name(state) + " in "
                    + piece.file() + ", found others");
        }
    }

    /** Files, and how they are reached. */
    record Stored(StateFiles files, List<Piece> pieces) implements Serializable {
        /** Some numbers of each of so many arrays; 0 where no file has them: what no stage has trained yet. */
        float[][] read(int count, int from, int to) {
            float[][] states = new float[count][to - from];
            try {
                files.read(pieces, from, states);
            } catch (IOException e) {
                throw JobException.training(
                        "expected the checkpoint's files in %s, which executors wrote, found %s; let all executors see the folder and continue with --resume",
                        files.folder(), e.getMessage());
            }
            return states;
        }
    }
}
