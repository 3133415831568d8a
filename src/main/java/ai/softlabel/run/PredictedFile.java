package ai.softlabel.run;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.DelegatingPositionOutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * One Parquet file of {@link PredictedPicture}s, written a row at a time, with notes in its footer. Each task writes
 * its own whole file, so that one that is there is finished: Spark's writers show files only when all tasks are done.
 */
public final class PredictedFile {
    /** What is held before it is written. */
    private static final long ROW_GROUP_BYTES = 16L << 20;

    private PredictedFile() {}

    /**
     * Which columns a row has beside path, class, confidence and top_k: logits and probabilities; a score; and so on.
     */
    public record Written(boolean all, boolean score, boolean abstain, boolean set) {}

    /**
     * Writes a file; the stream is left open.
     *
     * @param written which columns the rows have beside the first four
     * @param notes taken after the last row, for the footer
     */
    public static void write(
            OutputStream out, Iterator<PredictedPicture> rows, Written written, Supplier<Map<String, String>> notes)
            throws IOException {
        try (ParquetWriter<PredictedPicture> writer = new Builder(new Stream(out), written, notes)
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .build()) {
            while (rows.hasNext()) {
                writer.write(rows.next());
            }
        }
    }

    /** The notes of a file that {@link #write} wrote. */
    public static Map<String, String> notes(String path, Configuration configuration) throws IOException {
        try (ParquetFileReader reader =
                ParquetFileReader.open(HadoopInputFile.fromPath(new Path(path), configuration))) {
            return reader.getFileMetaData().getKeyValueMetaData();
        }
    }

    private static final class Builder extends ParquetWriter.Builder<PredictedPicture, Builder> {
        private final Written written;
        private final Supplier<Map<String, String>> notes;

        Builder(OutputFile file, Written written, Supplier<Map<String, String>> notes) {
            super(file);
            this.written = written;
            this.notes = notes;
        }

        @Override
        protected Builder self() {
            return this;
        }

        // Deprecated, and still the one that must be there.
        @Override
        @SuppressWarnings("deprecation")
        protected WriteSupport<PredictedPicture> getWriteSupport(Configuration configuration) {
            return new PredictedColumns(written, notes);
        }
    }

    /** A stream that someone else opened and closes. */
    private record Stream(OutputStream out) implements OutputFile {
        @Override
        public PositionOutputStream create(long blockSize) {
            return new Counted(out);
        }

        @Override
        public PositionOutputStream createOrOverwrite(long blockSize) {
            return new Counted(out);
        }

        @Override
        public boolean supportsBlockSize() {
            return false;
        }

        @Override
        public long defaultBlockSize() {
            return 0;
        }
    }

    private static final class Counted extends DelegatingPositionOutputStream {
        private final OutputStream out;
        private long position;

        Counted(OutputStream out) {
            super(out);
            this.out = out;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            position++;
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            write(bytes, 0, bytes.length);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            position += length;
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
