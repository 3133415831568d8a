package ai.softlabel.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Files as if they had no colour profile. Pillow, which pretrained networks saw their pictures through, leaves profiles
 * out of account; Java's readers convert the colours by them, or refuse a profile that does not fit.
 */
final class WithoutProfile {
    private static final int BMP_V4 = 108;
    private static final int BMP_COLOURS = 14 + 56;
    /** LCS_sRGB. */
    private static final int BMP_SRGB = 0x73524742;

    private static final int WEBP_PROFILE_FLAG = 0x20;

    private WithoutProfile() {}

    /** @throws Undecodable where a WebP's canvas has another size than its picture, which libwebp refuses too */
    static byte[] of(Format format, byte[] file) throws Undecodable {
        return switch (format) {
            case WEBP -> webp(file);
            case BMP -> bmp(file);
            default -> file;
        };
    }

    /** Leaves out the chunk ICCP, and its flag in VP8X (RFC 9649, section 2.7). */
    private static byte[] webp(byte[] file) throws Undecodable {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = ByteBuffer.allocate(file.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(file, 0, 12);
        in.position(12);
        long canvas = 0;
        while (in.remaining() >= 8) {
            int at = in.position();
            String name = new String(file, at, 4, java.nio.charset.StandardCharsets.ISO_8859_1);
            long length = in.getInt(at + 4) & 0xFFFFFFFFL;
            int end = (int) Math.min(file.length, at + 8 + length + (length & 1));
            long size = size(name, file, at + 8);
            if (canvas != 0 && size != 0 && size != canvas) {
                throw new Undecodable("damaged WEBP: its canvas is " + (canvas >> 32) + "x" + (int) canvas
                        + ", its picture " + (size >> 32) + "x" + (int) size);
            }
            canvas = name.equals("VP8X") ? size : canvas;
            if (!name.equals("ICCP")) {
                if (name.equals("VP8X") && end - at > 8) {
                    file = file == in.array() ? file.clone() : file;
                    file[at + 8] &= (byte) ~WEBP_PROFILE_FLAG;
                }
                out.put(file, at, end - at);
            }
            in.position(end);
        }
        int length = out.position();
        out.putInt(4, Math.min(in.getInt(4), length - 8));
        return Arrays.copyOf(out.array(), length);
    }

    /**
     * Width and height, in the upper and lower half, that a chunk's header gives; 0 where it gives none (RFC 9649,
     * 6386).
     */
    private static long size(String chunk, byte[] file, int at) {
        if (at + 10 > file.length) {
            return 0;
        }
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long width;
        long height;
        switch (chunk) {
            case "VP8X" -> {
                width = (in.getInt(at + 4) & 0xFFFFFF) + 1L;
                height = (in.getInt(at + 6) >>> 8) + 1L;
            }
            case "VP8L" -> {
                int bits = in.getInt(at + 1);
                width = (bits & 0x3FFF) + 1L;
                height = (bits >> 14 & 0x3FFF) + 1L;
            }
            case "VP8 " -> {
                width = in.getShort(at + 6) & 0x3FFF;
                height = in.getShort(at + 8) & 0x3FFF;
            }
            default -> {
                return 0;
            }
        }
        return width << 32 | height;
    }

    /** Says that a header of version 4 or 5 gives no colours of its own. */
    private static byte[] bmp(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < BMP_COLOURS + 4 || in.getInt(14) < BMP_V4) {
            return file;
        }
        byte[] copy = file.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(BMP_COLOURS, BMP_SRGB);
        return copy;
    }
}
