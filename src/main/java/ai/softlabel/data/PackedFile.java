package ai.softlabel.data;

import ai.softlabel.Seeds;
import ai.softlabel.files.OpenedOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * One Parquet file of a packed data set: path, label (the class's name), part, weight, group and bytes of a picture in
 * a row. The bytes are not compressed and not in a dictionary, and every page holds one row, so that the file's own
 * offset index tells where a picture is: one range of bytes is read for it.
 */
public final class PackedFile {
    private static final String WEIGHT = "weight";
    private static final String GROUP = "group";
    private static final MessageType SCHEMA = Types.buildMessage()
            .addFields(
                    Types.required(PrimitiveTypeName.BINARY)
                            .as(LogicalTypeAnnotation.stringType())
                            .named("path"),
                    Types.required(PrimitiveTypeName.BINARY)
                            .as(LogicalTypeAnnotation.stringType())
                            .named("label"),
                    Types.required(PrimitiveTypeName.BINARY)
                            .as(LogicalTypeAnnotation.stringType())
                            .named("part"),
                    Types.optional(PrimitiveTypeName.DOUBLE).named(WEIGHT),
                    Types.optional(PrimitiveTypeName.BINARY)
                            .as(LogicalTypeAnnotation.stringType())
                            .named(GROUP),
                    Types.required(PrimitiveTypeName.BINARY).named("bytes"))
            .named("pictures");

    private static final long ROW_GROUP_BYTES = 16L << 20;

    private PackedFile() {}

    /**
     * A picture in a file.
     *
     * @param label its class's name
     * @param part the name of its {@link Listing.Official}
     * @param weight its weight in the training loss; absent in the file where it is 1
     * @param group what it shares with pictures that must stay in one part, or null
     */
    public record Row(String path, String label, String part, double weight, String group)
            implements java.io.Serializable {
        /** A hash of all of it; the sum over many rows tells whether they are the same, whatever their order. */
        public long print() {
            return Seeds.key(0, "row", path, label, part, Double.doubleToLongBits(weight), String.valueOf(group));
        }
    }

    /** Where a picture's page is in its file. */
    record Place(long offset, int length) {}

    /** A file's name, below the packed set's folder. */
    public static String name(int file) {
        return String.format("part-%05d.parquet", file);
    }

    /** The file that a picture belongs to: by a hash of its name, so that it is found without an index of all names. */
    public static int file(String picture, int files) {
        return (int) Long.remainderUnsigned(Seeds.key(0, "pack", picture), files);
    }

    /** What reads a picture's bytes while a file is written. */
    @FunctionalInterface
    public interface Reading {
        /** @return the bytes, or null where the row is left out */
        byte[] read(String path) throws IOException;
    }

    /** Writes a file, one picture in memory at a time and a row group before it is written; the stream is left open. */
    public static void write(OutputStream out, Iterator<Row> rows, Reading reading) throws IOException {
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new OpenedOutput(out))
                .withType(SCHEMA)
                .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
                .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
                .withDictionaryEncoding(false)
                .withPageRowCountLimit(1)
                .withMinRowCountForPageSizeCheck(1)
                .withRowGroupSize(ROW_GROUP_BYTES)
                .build()) {
            while (rows.hasNext()) {
                Row row = rows.next();
                byte[] bytes = reading.read(row.path());
                if (bytes != null) {
                    Group group = new SimpleGroup(SCHEMA);
                    group.add("path", row.path());
                    group.add("label", row.label());
                    group.add("part", row.part());
                    if (row.weight() != 1) {
                        group.add(WEIGHT, row.weight());
                    }
                    if (row.group() != null) {
                        group.add(GROUP, row.group());
                    }
                    group.add("bytes", Binary.fromConstantByteArray(bytes));
                    writer.write(group);
                }
            }
        }
    }

    /** A file's rows, without the bytes. */
    static List<Row> rows(Path file, Configuration configuration) throws IOException {
        Configuration own = new Configuration(configuration);
        own.set(
                "parquet.read.schema",
                new MessageType("pictures", SCHEMA.getFields().subList(0, SCHEMA.getFieldCount() - 1)).toString());
        List<Row> rows = new ArrayList<>();
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), file)
                .withConf(own)
                .build()) {
            for (Group g = reader.read(); g != null; g = reader.read()) {
                boolean weighted = g.getFieldRepetitionCount(WEIGHT) > 0;
                boolean grouped = g.getFieldRepetitionCount(GROUP) > 0;
                rows.add(new Row(
                        g.getString("path", 0),
                        g.getString("label", 0),
                        g.getString("part", 0),
                        weighted ? g.getDouble(WEIGHT, 0) : 1,
                        grouped ? g.getString(GROUP, 0) : null));
            }
        }
        return rows;
    }

    /** Where each of a file's pictures is. */
    static Map<String, Place> places(Path file, Configuration configuration) throws IOException {
        List<Place> places = new ArrayList<>();
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, configuration))) {
            for (BlockMetaData block : reader.getFooter().getBlocks()) {
                for (ColumnChunkMetaData column : block.getColumns()) {
                    if (column.getPath().toDotString().equals("bytes")) {
                        OffsetIndex index = reader.readOffsetIndex(column);
                        if (index == null || index.getPageCount() != block.getRowCount()) {
                            throw new IOException(file + " is not as pack writes it: a page for each picture");
                        }
                        for (int i = 0; i < index.getPageCount(); i++) {
                            places.add(new Place(index.getOffset(i), index.getCompressedPageSize(i)));
                        }
                    }
                }
            }
        }
        List<Row> rows = rows(file, configuration);
        if (rows.size() != places.size()) {
            throw new IOException(file + " has " + rows.size() + " rows and bytes of " + places.size());
        }
        Map<String, Place> found = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            found.put(rows.get(i).path(), places.get(i));
        }
        return found;
    }

    /** Reads a picture's bytes. */
    static byte[] read(Path file, Place place, Configuration configuration) throws IOException {
        byte[] page = new byte[place.length()];
        try (FSDataInputStream in = file.getFileSystem(configuration).open(file)) {
            in.readFully(place.offset(), page);
        }
        InputStream header = new java.io.ByteArrayInputStream(page);
        PageHeader parsed = Util.readPageHeader(header);
        // A value without repetition or absence is its length in four bytes, and itself.
        int length = parsed.getUncompressed_page_size() - Integer.BYTES;
        int from = page.length - header.available() + Integer.BYTES;
        int written = java.nio.ByteBuffer.wrap(page, from - Integer.BYTES, Integer.BYTES)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getInt();
        if (written != length || from + length != page.length) {
            throw new IOException(file + " is not as pack writes it: a page of one value");
        }
        return java.util.Arrays.copyOfRange(page, from, from + length);
    }
}
