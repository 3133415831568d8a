package ai.softlabel.rows;

import ai.softlabel.Pixels;
import ai.softlabel.data.InMemory;
import ai.softlabel.data.Preparation;
import ai.softlabel.data.Source;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a column of pictures holds, as its type tells: paths, the content of files, or the struct that Spark's source
 * {@code image} reads.
 */
public enum PictureColumn {
    /** A text: a path, or a URI of any Hadoop file system. */
    PATH("a path"),
    /** Bytes: the content of a JPEG, PNG, GIF, BMP or WebP file. */
    CONTENT("the content of a file"),
    /** {@code struct<origin, height, width, nChannels, mode, data>}: rows of blue, green and red from the top left. */
    IMAGE("an image");

    private static final List<String> FIELDS = List.of("height", "width", "nChannels", "data");

    private final String what;

    PictureColumn(String what) {
        this.what = what;
    }

    /**
     * The kind of a column.
     *
     * @throws IllegalArgumentException where there is no such column, or it holds no pictures
     */
    public static PictureColumn of(StructType schema, String column) {
        if (!Arrays.asList(schema.fieldNames()).contains(column)) {
            throw new IllegalArgumentException("expected a column " + column + " of pictures, found "
                    + String.join(", ", schema.fieldNames()) + "; set featuresCol to one of them");
        }
        DataType type = schema.apply(column).dataType();
        if (type.equals(DataTypes.StringType)) {
            return PATH;
        } else if (type.equals(DataTypes.BinaryType)) {
            return CONTENT;
        } else if (type instanceof StructType s && Arrays.asList(s.fieldNames()).containsAll(FIELDS)) {
            return IMAGE;
        }
        throw new IllegalArgumentException("expected column " + column
                + " to hold paths (string), files (binary) or images (the image source's struct), found "
                + type.simpleString() + "; set featuresCol to another column");
    }

    /**
     * A value as upright pixels for a network.
     *
     * @param files reads paths
     * @throws IOException if it is no picture that can be used; the message is the reason
     */
    public Pixels pixels(Object value, Preparation preparation, Source files) throws IOException {
        if (value == null) {
            throw missing();
        }
        return switch (this) {
            case PATH -> InMemory.read((String) value, files, preparation);
            case CONTENT -> InMemory.decoded((byte[]) value, preparation);
            case IMAGE -> InMemory.resized(image((Row) value), preparation.imageSize());
        };
    }

    /**
     * A value's content as a file: that of {@link #CONTENT} as it is, an {@link #IMAGE} as PNG, which keeps its pixels.
     *
     * @throws IOException if it is no picture; the message is the reason
     */
    public byte[] file(Object value) throws IOException {
        if (value == null) {
            throw missing();
        }
        if (this == CONTENT) {
            return (byte[]) value;
        }
        Pixels p = image((Row) value);
        BufferedImage picture = new BufferedImage(p.width(), p.height(), BufferedImage.TYPE_3BYTE_BGR);
        byte[] bgr = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
        swap(p.rgb(), 3, bgr);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", png);
        return png.toByteArray();
    }

    /** Why null is no picture. */
    IOException missing() {
        return new IOException("expected " + what + ", found null");
    }

    private static Pixels image(Row image) throws IOException {
        int height = image.getAs("height");
        int width = image.getAs("width");
        int channels = image.getAs("nChannels");
        byte[] data = image.getAs("data");
        if (width < 1
                || height < 1
                || data == null
                || !List.of(1, 3, 4).contains(channels)
                || data.length != (long) width * height * channels) {
            throw new IOException("expected an image of 1, 3 or 4 channels of bytes, found " + width + "x" + height
                    + " with " + channels + " channels and " + (data == null ? "no" : data.length) + " bytes");
        }
        byte[] rgb = new byte[3 * width * height];
        swap(data, channels, rgb);
        return new Pixels(width, height, rgb);
    }

    /** From blue, green, red (or the reverse) to the reverse; grey thrice; a fourth channel is dropped. */
    private static void swap(byte[] from, int channels, byte[] to) {
        for (int i = 0, at = 0; at < to.length; i += channels, at += 3) {
            to[at] = from[channels == 1 ? i : i + 2];
            to[at + 1] = from[channels == 1 ? i : i + 1];
            to[at + 2] = from[i];
        }
    }
}
