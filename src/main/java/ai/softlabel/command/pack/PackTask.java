package ai.softlabel.command.pack;

import ai.softlabel.Rejection;
import ai.softlabel.data.PackedFile;
import ai.softlabel.data.PictureStream;
import ai.softlabel.data.Source;
import ai.softlabel.files.Directory;
import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.SerializableConfiguration;

/** Writes one file of a packed set. It appears whole; tasks may be repeated, and run twice at once. */
final class PackTask implements Function<PackTask.File, PackTask.Packed> {
    private static final long serialVersionUID = 1;

    /** The name of its progress. */
    static final String PROGRESS = "pack";

    private final Source source;
    private final String out;
    private final SerializableConfiguration configuration;

    PackTask(Source source, Directory out, Configuration configuration) {
        this.source = source;
        this.out = out.path("");
        this.configuration = new SerializableConfiguration(configuration);
    }

    /** A file's pictures. */
    record File(int number, List<PackedFile.Row> rows) implements Serializable {}

    /**
     * What became of pictures.
     *
     * @param bytes of those that were packed
     * @param rejected those whose bytes can't be used, whatever they are
     */
    record Packed(long pictures, long bytes, List<Rejection> rejected) implements Serializable {
        Packed plus(Packed other) {
            List<Rejection> both = new ArrayList<>(rejected);
            both.addAll(other.rejected);
            return new Packed(pictures + other.pictures, bytes + other.bytes, both);
        }
    }

    @Override
    public Packed call(File file) throws IOException {
        Directory set = Directory.of("out", out, configuration.value());
        List<Rejection> rejected = new ArrayList<>();
        long[] counts = new long[2];
        TaskCount count = new TaskCount(PROGRESS, file.number());
        // Of two attempts that run at once, each writes a file of its own.
        String writer = "-" + TaskContext.get().taskAttemptId();
        set.write(PackedFile.name(file.number()), writer, stream -> {
            PackedFile.write(stream, file.rows(), path -> {
                byte[] bytes = PictureStream.bytes(path, source, rejected::add);
                if (bytes != null) {
                    counts[0]++;
                    counts[1] += bytes.length;
                }
                count.add(1);
                return bytes;
            });
        });
        count.end();
        return new Packed(counts[0], counts[1], rejected);
    }
}
