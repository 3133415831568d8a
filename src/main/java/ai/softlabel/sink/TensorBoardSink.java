package ai.softlabel.sink;

import ai.softlabel.files.Directory;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Writes scalars as event files that TensorBoard reads, in {@code spark.softlabel.tensorboard}, a folder on any Hadoop
 * file system: TFRecords (length, payload, each with a masked CRC-32C, little-endian) of {@code Event} messages, as in
 * TensorFlow's record writer documentation and {@code event.proto}, encoded field by field.
 */
public final class TensorBoardSink extends Sink {
    private static final int MASK = 0xa282ead8;
    private static final int ROTATION = 15;

    private final String folder;
    private FSDataOutputStream out;

    /** The constructor that Spark calls. */
    public TensorBoardSink(SparkConf conf) {
        folder = setting(conf, "spark.softlabel.tensorboard");
    }

    /** Encodes the fields of a message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    @Override
    void start(long time, JsonNode run) throws IOException {
        if (folder.isEmpty()) {
            throw new IOException("expected a folder in spark.softlabel.tensorboard, found none; set it");
        }
        close();
        out = Directory.of(
                        "conf spark.softlabel.tensorboard",
                        folder,
                        SparkHadoopUtil.get().conf())
                .create("events.out.tfevents." + time / 1000 + ".softlabel");
        record(event(time, 0, m -> m.writeString(3, "brain.Event:2")));
        out.hflush();
    }

    @Override
    void scalars(long time, long step, Map<String, Double> values) throws IOException {
        ByteString.Output summary = ByteString.newOutput();
        write(summary, s -> values.forEach((name, value) -> put(s, name, value)));
        record(event(time, step, m -> m.writeBytes(5, summary.toByteString())));
        out.hflush();
    }

    @Override
    void end(long time, boolean well) throws IOException {
        close();
    }

    private void close() throws IOException {
        if (out != null) {
            out.close();
            out = null;
        }
    }

    private static void put(CodedOutputStream summary, String name, double value) {
        try {
            ByteString.Output one = ByteString.newOutput();
            write(one, v -> {
                v.writeString(1, name);
                v.writeFloat(2, (float) value);
            });
            summary.writeBytes(1, one.toByteString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] event(long time, long step, Fields what) throws IOException {
        ByteString.Output bytes = ByteString.newOutput();
        write(bytes, m -> {
            m.writeDouble(1, time / 1000.0);
            m.writeInt64(2, step);
            what.write(m);
        });
        return bytes.toByteString().toByteArray();
    }

    private static void write(OutputStream to, Fields fields) throws IOException {
        CodedOutputStream m = CodedOutputStream.newInstance(to);
        fields.write(m);
        m.flush();
    }

    private void record(byte[] payload) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(payload.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(payload.length);
        bytes.putInt(masked(bytes.array(), 0, 8));
        bytes.put(payload);
        bytes.putInt(masked(bytes.array(), 12, payload.length));
        out.write(bytes.array());
    }

    private static int masked(byte[] bytes, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, at, length);
        int value = (int) crc.getValue();
        return ((value >>> ROTATION) | (value << (32 - ROTATION))) + MASK;
    }
}
