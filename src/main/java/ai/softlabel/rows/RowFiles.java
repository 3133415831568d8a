package ai.softlabel.rows;

import ai.softlabel.Sha256;
import ai.softlabel.data.InMemory;
import ai.softlabel.data.Source;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/** Reads the files of rows: by their paths, or those that {@link RowListing} wrote to a folder by the rows' names. */
public final class RowFiles implements Source {
    private static final long serialVersionUID = 1;
    /** Between a name and the number of a further row that has it. */
    private static final String COPY = "?copy=";

    private final String folder;
    private final SerializableConfiguration configuration;

    private RowFiles(String folder, Configuration configuration) {
        this.folder = folder;
        this.configuration = new SerializableConfiguration(configuration);
    }

    /** Names are paths. */
    public static RowFiles paths(Configuration configuration) {
        return new RowFiles(null, configuration);
    }

    /** Names are those of rows, whose files were written to a folder. */
    static RowFiles folder(String folder, Configuration configuration) {
        return new RowFiles(folder, configuration);
    }

    /** The name of a row that is the {@code number}th of its name, from 0. */
    static String copy(String name, int number) {
        return number == 0 ? name : name + COPY + (number + 1);
    }

    /** The file's name in the folder. */
    static String file(String name) {
        return Sha256.of(name);
    }

    @Override
    public byte[] read(String name) throws IOException {
        int copy = name.lastIndexOf(COPY);
        String own = copy < 0 ? name : name.substring(0, copy);
        try {
            Path path = folder == null ? new Path(own) : new Path(folder, file(own));
            FileSystem fs = path.getFileSystem(configuration.value());
            byte[] bytes = InMemory.room(fs.getFileStatus(path).getLen());
            try (FSDataInputStream in = fs.open(path)) {
                in.readFully(bytes);
            }
            return bytes;
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public String where() {
        return folder == null ? "the rows' paths" : folder;
    }
}
