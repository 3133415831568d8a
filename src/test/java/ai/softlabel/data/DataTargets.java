package ai.softlabel.data;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Pixels;
import ai.softlabel.fuzz.Promise;
import ai.softlabel.fuzz.Promise.Cost;
import ai.softlabel.spark.TaskCount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** What the data room promises for any bytes; the fuzz targets call it. */
public final class DataTargets {
    private static final Preparation PREPARATION = new Preparation(28, Decoding.SCALED);
    private static final int SIDE = PREPARATION.shortSide();

    private DataTargets() {}

    /**
     * What a WebP's macroblocks and code tables need is let go at once; it is bounded by the heap that Jazzer's run
     * has.
     */
    private static final long WEBP_GARBAGE = 1L << 30;

    /** Pictures of more pixels are left out; see {@code FuzzTest}. */
    private static final long MOST_PIXELS = Long.getLong("softlabel.fuzz.pixels", Long.MAX_VALUE);

    /** The JDK copies each row of each scan of a progressive JPEG, and lets it go at once. */
    private static final int ROW_BYTES = 3;

    /**
     * Any bytes are a picture or say in a line why they are none, in less than 10 s, and allocate, all together, no
     * more than 64 MB and 16 bytes for each pixel of their header; a WebP has that much at a time, and 1 GB all
     * together, a JPEG 3 bytes more for each pixel of each scan, a row at a time.
     */
    public static void decode(byte[] file) {
        if (MOST_PIXELS < Long.MAX_VALUE && pixels(file) > MOST_PIXELS) {
            return;
        }
        Cost cost = Cost.of(() -> end(file));
        long most = Promise.MOST_BYTES;
        if (cost.bytes() > most) {
            long rows = Format.of(file) == Format.JPEG ? ROW_BYTES * Truncation.scans(file) : 0;
            most += Format.of(file) == Format.WEBP
                    ? WEBP_GARBAGE
                    : (DecodingMemory.BYTES_PER_PIXEL + rows) * pixels(file);
        }
        require(cost.bytes() <= most, "allocated " + cost.bytes() + " of " + most + " bytes");
        require(!cost.slow(), Promise.tooSlow());
    }

    private static void end(byte[] file) {
        try {
            Pixels p = Decoder.decode(file, PREPARATION);
            require(Math.min(p.width(), p.height()) == SIDE, "a short side of " + p.width() + " x " + p.height());
        } catch (Undecodable e) {
            String line = e.getMessage();
            require(!line.isBlank() && line.lines().count() == 1, "the reason has more than a line: " + line);
        }
    }

    private static long pixels(byte[] file) {
        Format format = Format.of(file);
        try {
            Jpeg jpeg = format == Format.JPEG ? new Jpeg(file) : null;
            byte[] plain = jpeg == null ? WithoutProfile.of(format, file) : jpeg.plain();
            ImageReader reader = Decoder.reader(format, jpeg);
            try {
                reader.setInput(ImageIO.createImageInputStream(new ByteArrayInputStream(plain)), true, true);
                return (long) reader.getWidth(0) * reader.getHeight(0);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    /** Any bytes in the pets' lists, parted at the first NUL, are data or a line that says what is wrong with them. */
    public static void annotations(byte[] lists) {
        int middle = IntStream.range(0, lists.length)
                .filter(i -> lists[i] == 0)
                .findFirst()
                .orElse(lists.length);
        byte[] train = Arrays.copyOf(lists, middle);
        byte[] test = Arrays.copyOfRange(lists, Math.min(middle + 1, lists.length), lists.length);
        try {
            Listing listing = Layouts.list(new PictureFolder(new Lists(train, test)));
            listing.entries().forEach(e -> listing.classes().get(e.label()));
        } catch (JobException e) {
            require(e.status() == ExitStatus.INPUT, "status " + e.status());
            require(
                    e.getMessage().chars().noneMatch(Character::isISOControl)
                            && e.getMessage().length() < 1000,
                    "no line to show: " + e.getMessage());
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** The pets' layout with three pictures. */
    private record Lists(byte[] train, byte[] test) implements Storage {
        private static final String FOLDER = "annotations/";

        @Override
        public List<Child> list(String folder, TaskCount seen) {
            return List.of(Child.of("Cat_1.jpg", false), Child.of("dog_1.jpg", false), Child.of("dog_2.png", false));
        }

        @Override
        public Object key(String folder) {
            return null;
        }

        @Override
        public boolean has(String name) {
            return !name.equals(FOLDER + "list.txt");
        }

        @Override
        public byte[] read(String name) {
            return name.equals(FOLDER + "trainval.txt") ? train : test;
        }
    }
}
