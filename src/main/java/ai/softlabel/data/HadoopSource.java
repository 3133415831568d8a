package ai.softlabel.data;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/** Files below a folder of any Hadoop file system. */
final class HadoopSource implements Source {
    private static final long serialVersionUID = 1;
    private static final long MAX_BYTES = 256L << 20;

    private final String root;
    private final SerializableConfiguration configuration;

    HadoopSource(String root, SerializableConfiguration configuration) {
        this.root = root;
        this.configuration = configuration;
    }

    @Override
    public byte[] read(String name) throws IOException {
        Path path = new Path(new Path(root), name);
        FileSystem fs = path.getFileSystem(configuration.value());
        long length = fs.getFileStatus(path).getLen();
        if (length > MAX_BYTES) {
            throw new IOException("the file has " + length + " bytes, more than " + MAX_BYTES);
        }
        byte[] bytes = new byte[(int) length];
        try (FSDataInputStream in = fs.open(path)) {
            in.readFully(bytes);
        }
        return bytes;
    }
}
