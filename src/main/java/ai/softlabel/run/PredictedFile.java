package ai.softlabel.run;

import ai.softlabel.files.OpenedOutput;
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
import org.apache.parquet.io.OutputFile;

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
    public record Written(boolean all, boolean score, boolean abstain, boolean set, boolean labels) {}

    /**
     * Writes a file; the stream is left open.
     *
     * @param written which columns the rows have beside the first four
     * @param notes taken after the last row, for the footer
     */
    public static void write(
            OutputStream out, Iterator<PredictedPicture> rows, Written written, Supplier<Map<String, String>> notes)
            throws IOException {
        try (ParquetWriter<PredictedPicture> writer = new Builder(new OpenedOutput(out), written, notes)
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
}
