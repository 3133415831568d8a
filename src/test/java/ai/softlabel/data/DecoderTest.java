package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
    private static byte[] file(String name) {
        return TestFiles.bytes("pictures/" + name);
    }

    private static String reason(byte[] file) {
        return assertThrows(Undecodable.class, () -> Decoder.decode(file)).getMessage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.png",
                "grey.png",
                "grey16.png",
                "palette.png",
                "alpha.png",
                "greyalpha.png",
                "bits.png",
                "plain.gif",
                "plain.bmp",
                "lossless.webp",
                "rgb16.png",
                "rgba16.png",
                "profile.png",
                "greyprofile.png",
                "damagedprofile.png",
                "profile.webp",
                "greyprofile.webp",
                "damagedprofile.webp",
                "profile.bmp"
            })
    void losslessFormatsAreExactlyPillows(String name) throws Undecodable {
        Expected.assertClose(Expected.read(name + ".rgb"), Decoder.decode(file(name)), 0, name);
    }

    /** Two JPEG decoders may round the cosine transform and the colours apart by a few levels. */
    @ParameterizedTest
    @CsvSource({"plain.jpg,3", "progressive.jpg,3", "grey.jpg,2", "cmyk.jpg,12"})
    void jpegsAreCloseToPillows(String name, int most) throws Undecodable {
        Expected.assertClose(Expected.read(name + ".rgb"), Decoder.decode(file(name)), most, name);
    }

    /** A profile changes nothing, whether it fits, is one of grey for colours, or is none. */
    @ParameterizedTest
    @CsvSource({
        "profile.jpg,3",
        "greyprofile.jpg,3",
        "damagedprofile.jpg,3",
        "greywithcolours.jpg,2",
        "cmykprofile.jpg,12"
    })
    void jpegsProfilesAreLeftOutOfAccount(String name, int most) throws Undecodable {
        Expected.assertClose(Expected.read(name + ".rgb"), Decoder.decode(file(name)), most, name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nomarker.jpg", "othernames.jpg", "rgbnames.jpg", "keptrgb.jpg"})
    void jpegsColoursAreCodedAsLibjpegTakesThem(String name) throws Undecodable {
        Expected.assertClose(Expected.read(name + ".rgb"), Decoder.decode(file(name)), 3, name);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void exifTurnsPicturesUpright(int orientation) throws Undecodable {
        String name = "exif" + orientation + ".jpg";
        Expected.assertClose(Expected.read(name + ".rgb"), Decoder.decode(file(name)), 3, name);
    }

    @Test
    void filesThatAreNoPicturesSayWhy() {
        assertEquals("the file is empty", reason(new byte[0]));
        assertTrue(reason("just a text called .jpg".getBytes(StandardCharsets.UTF_8))
                .startsWith("not a picture"));
        assertTrue(reason(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF}).startsWith("damaged JPEG"));
    }

    /** Cut anywhere in its second half, a file is rejected, not filled up with grey. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.jpg",
                "progressive.jpg",
                "grey.jpg",
                "cmyk.jpg",
                "plain.png",
                "palette.png",
                "plain.gif",
                "plain.bmp",
                "lossless.webp"
            })
    void truncatedFilesAreRejected(String name) {
        byte[] whole = file(name);
        for (double share : new double[] {0.5, 0.7, 0.9}) {
            byte[] cut = Arrays.copyOf(whole, (int) (share * whole.length));
            String why = reason(cut);
            assertTrue(
                    why.startsWith("truncated") || why.startsWith("damaged"), name + " cut to " + share + ": " + why);
        }
    }

    @Test
    void sizesAreJudgedByTheHeader() throws IOException {
        assertTrue(reason(png(1, 1)).contains("the header says 1x1"));
        assertTrue(reason(png(20_000, 20_000)).contains("the header says 20000x20000"));
        assertTrue(reason(bigJpeg()).contains("the header says 20000x20000"));
    }

    @Test
    void aLineOfPixelsIsRefusedBeforeItIsResized() throws Undecodable {
        byte[] narrow = file("narrow.png");
        assertEquals(65535, Decoder.decode(narrow).width());
        String why = assertThrows(Undecodable.class, () -> Decoder.decode(narrow, Preparation.full(128)))
                .getMessage();
        assertTrue(why.startsWith("too long and narrow: 65535x1"), why);
    }

    /** Found by Jazzer: 62 bytes with which the decoder was busy for more than ten seconds. */
    @Test
    void aWebpThatGoesOnAfterItsEndIsRefused() {
        byte[] webp = java.util.Base64.getDecoder()
                .decode("UklGRjYAAABXRUJQVlA4TCkAAAAvF8ADALmM6H8sxr720f8BAaRtMwHTMP9SDw/FgineOUrzHRPQyVpuBgA=");
        String why = org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                java.time.Duration.ofSeconds(5), () -> reason(webp));
        assertTrue(why.startsWith("truncated"), why);
    }

    /** The canvas of an extended WebP, made larger than the picture in it. */
    @Test
    void aWebpsCanvasIsItsPictures() throws Undecodable {
        byte[] webp = file("profile.webp");
        assertEquals(24, Decoder.decode(webp).width());
        webp[28] = 0x20;
        assertEquals("damaged WEBP: its canvas is 24x8208, its picture 24x16", reason(webp));
    }

    /** A scan of no more than its header, a thousand times, in a picture of 100 million pixels. */
    @Test
    void scansWithoutAnEndAreRefused() {
        byte[] jpeg = file("progressive.jpg");
        int scan = 0;
        for (int i = 2; i < jpeg.length - 9; i++) {
            if ((jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == 0xC2) {
                jpeg[i + 5] = jpeg[i + 7] = 9_900 >> 8;
                jpeg[i + 6] = jpeg[i + 8] = (byte) (9_900 & 0xFF);
            } else if ((jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == 0xDA) {
                scan = i;
            }
        }
        java.io.ByteArrayOutputStream many = new java.io.ByteArrayOutputStream();
        many.write(jpeg, 0, scan);
        for (int i = 0; i < 1000; i++) {
            many.write(jpeg, scan, jpeg.length - 2 - scan);
        }
        many.write(jpeg, jpeg.length - 2, 2);
        assertEquals("more scans than a JPEG of this size has", reason(many.toByteArray()));
    }

    /**
     * A PNG of the given size in its header, and no data: an answer that does not mention the size would have decoded
     * it.
     */
    private static byte[] png(int width, int height) {
        java.nio.ByteBuffer b = java.nio.ByteBuffer.allocate(33);
        b.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'})
                .putInt(13)
                .put(new byte[] {'I', 'H', 'D', 'R'});
        b.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(b.array(), 12, 17);
        b.putInt((int) crc.getValue());
        byte[] end = {0, 0, 0, 0, 'I', 'D', 'A', 'T', 0x35, (byte) 0xAF, 0x06, 0x1E};
        byte[] all = Arrays.copyOf(b.array(), 33 + end.length);
        System.arraycopy(end, 0, all, 33, end.length);
        return all;
    }

    /** The plain JPEG with another size in its frame header. */
    private static byte[] bigJpeg() {
        byte[] jpeg = file("plain.jpg");
        for (int i = 2; i < jpeg.length - 8; i++) {
            if ((jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == 0xC0) {
                jpeg[i + 5] = jpeg[i + 7] = 20_000 >> 8;
                jpeg[i + 6] = jpeg[i + 8] = (byte) (20_000 & 0xFF);
                return jpeg;
            }
        }
        throw new IllegalStateException("no frame header");
    }

    @Test
    void picturesInTheirOriginalFormsDecode() throws Exception {
        Path odd = TestFiles.shared("pets-odd");
        try (Stream<Path> files = Files.list(odd)) {
            List<Path> all = files.filter(f -> f.toString().endsWith(".jpg")).toList();
            assertTrue(all.size() > 20);
            for (Path f : all) {
                assertTrue(Decoder.decode(Files.readAllBytes(f)).width() > 8, f.toString());
            }
            assertTrue(all.stream().anyMatch(f -> format(f) == Format.PNG)
                    && all.stream().anyMatch(f -> format(f) == Format.GIF));
        }
    }

    private static Format format(Path f) {
        try {
            return Format.of(Files.readAllBytes(f));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
