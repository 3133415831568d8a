package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodingMemoryTest {
    private static final Preparation PREPARATION = Preparation.full(128);

    @TempDir
    Path dir;

    /** Noise, which is large in every format. */
    private static byte[] picture(int width, int height, int type, String format) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        SplittableRandom random = new SplittableRandom(1);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, out), format);
        return out.toByteArray();
    }

    /** All that is allocated on the way, what is let go among it. */
    @ParameterizedTest
    @CsvSource({
        BufferedImage.TYPE_3BYTE_BGR + ",jpg",
        BufferedImage.TYPE_BYTE_GRAY + ",jpg",
        BufferedImage.TYPE_4BYTE_ABGR + ",png",
        BufferedImage.TYPE_USHORT_GRAY + ",png",
        BufferedImage.TYPE_BYTE_INDEXED + ",gif",
        BufferedImage.TYPE_3BYTE_BGR + ",bmp"
    })
    void aPictureTakesNoMoreThanItsHeaderAllows(int type, String format) throws IOException {
        byte[] file = picture(3000, 2000, type, format);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Decoder.decode(file, PREPARATION);
        long before = threads.getCurrentThreadAllocatedBytes();
        Decoder.decode(file, PREPARATION);
        long used = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(used <= (64L << 20) + 6_000_000L * DecodingMemory.BYTES_PER_PIXEL, format + " took " + used);
    }

    /**
     * An eighth of width and height, beside the file thrice: as it is read, without its profile, and its scan's bits.
     */
    @Test
    void aScaledPictureTakesLittleMoreThanItsFile() throws IOException {
        byte[] file = picture(3000, 2000, BufferedImage.TYPE_3BYTE_BGR, "jpg");
        Preparation scaled = new Preparation(128, Decoding.SCALED);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Decoder.decode(file, scaled);
        long before = threads.getCurrentThreadAllocatedBytes();
        Decoder.decode(file, scaled);
        long used = threads.getCurrentThreadAllocatedBytes() - before;
        long most = (1L << 20) + 4L * file.length + 6_000_000L / 64 * DecodingMemory.BYTES_PER_PIXEL;
        assertTrue(used <= most, used + " of " + most + " for a file of " + file.length);
    }

    @Test
    void noMoreIsOutThanThereIs() throws Exception {
        DecodingMemory memory = new DecodingMemory(100 << 20);
        AtomicLong out = new AtomicLong();
        AtomicLong most = new AtomicLong();
        CountDownLatch all = new CountDownLatch(8);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<Void>> done = IntStream.range(0, 8)
                    .mapToObj(i -> pool.<Void>submit(() -> {
                        all.countDown();
                        all.await();
                        for (int n = 0; n < 200; n++) {
                            long pixels = 1_000_000L * (1 + (i + n) % 6);
                            try (DecodingMemory.Held held = memory.take(pixels)) {
                                most.accumulateAndGet(out.addAndGet(16 * pixels), Math::max);
                                Thread.onSpinWait();
                                out.addAndGet(-16 * pixels);
                            }
                        }
                        return null;
                    }))
                    .toList();
            for (Future<Void> f : done) {
                f.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertTrue(most.get() <= 100 << 20, "out at a time: " + most);
        assertEquals(0, out.get());
        String why =
                assertThrows(Undecodable.class, () -> memory.take(7_000_000)).getMessage();
        assertTrue(why.contains("106 MB") && why.contains("100 MB"), why);
    }

    /** In 192 MB, twelve at a time of which each may take 64: without order between them, most would fail. */
    @Test
    void oneLargePictureNeverFailsAnother() throws IOException, InterruptedException {
        Path file = dir.resolve("large.png");
        Files.write(file, picture(2100, 1900, BufferedImage.TYPE_3BYTE_BGR, "png"));
        together(file, 192);
    }

    /** What a WebP takes at a time is in a picture's share, though much more is let go on the way. */
    @Test
    void aLargeWebpFitsToo() throws IOException, InterruptedException {
        together(TestFiles.resource("pictures/large.webp"), 96);
    }

    private static void together(Path file, int megabytes) throws IOException, InterruptedException {
        Program.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + megabytes + "m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Together.class.getName(),
                        file.toString())
                .ended(0);
    }

    /** Decodes one file in twelve threads at once. */
    static final class Together {
        private Together() {}

        public static void main(String[] files) throws Exception {
            byte[] file = Files.readAllBytes(Path.of(files[0]));
            ExecutorService pool = Executors.newFixedThreadPool(12);
            List<Future<Integer>> done = IntStream.range(0, 48)
                    .mapToObj(i ->
                            pool.submit(() -> Decoder.decode(file, PREPARATION).width()))
                    .toList();
            for (Future<Integer> f : done) {
                f.get();
            }
            System.exit(0);
        }
    }
}
