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
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.util.SerializableConfiguration;

/** Writes one file of a packed set. It appears whole; tasks may be repeated, and run twice at once. */
final class PackTask implements Serializable {
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

    /**
     * What became of pictures.
     *
     * @param pictures how many were packed
     * @param bytes of those
     * @param rejected how many were not
     * @param print the sum of {@link PackedFile.Row#print} over both
     */
    record Counts(long pictures, long bytes, long rejected, long print) implements Serializable {
        Counts plus(Counts other) {
            return new Counts(
                    pictures + other.pictures, bytes + other.bytes, rejected + other.rejected, print + other.print);
        }
    }

    /**
     * What became of a file's pictures.
     *
     * @param rejected those whose bytes can't be used, whatever they are; the driver does not get them
     */
    record Packed(Counts counts, List<Rejection> rejected) implements Serializable {}

    Packed write(int file, Iterator<PackedFile.Row> rows) throws IOException {
        Directory set = Directory.of("out", out, configuration.value());
        List<Rejection> rejected = new ArrayList<>();
        long[] counts = new long[2];
        long[] print = new long[1];
        TaskCount count = new TaskCount(PROGRESS, file);
        // Of two attempts that run at once, each writes a file of its own.
        String writer = "-" + TaskContext.get().taskAttemptId();
        set.write(PackedFile.name(file), writer, stream -> {
            PackedFile.write(stream, printed(rows, print), path -> {
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
        return new Packed(new Counts(counts[0], counts[1], rejected.size(), print[0]), rejected);
    }

    private static Iterator<PackedFile.Row> printed(Iterator<PackedFile.Row> rows, long[] print) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public PackedFile.Row next() {
                PackedFile.Row row = rows.next();
                print[0] += row.print();
                return row;
            }
        };
    }
}
