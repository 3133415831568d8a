package ai.softlabel.data;

import java.nio.charset.StandardCharsets;

/** Picture formats, told by a file's first bytes. */
enum Format {
    JPEG,
    PNG,
    GIF,
    BMP,
    WEBP,
    UNKNOWN;

    static Format of(byte[] file) {
        if (starts(file, 0, "\u00FF\u00D8\u00FF")) {
            return JPEG;
        } else if (starts(file, 0, "\u0089PNG\r\n\u001A\n")) {
            return PNG;
        } else if (starts(file, 0, "GIF87a") || starts(file, 0, "GIF89a")) {
            return GIF;
        } else if (starts(file, 0, "RIFF") && starts(file, 8, "WEBP")) {
            return WEBP;
        } else if (starts(file, 0, "BM") && file.length > 26) {
            return BMP;
        }
        return UNKNOWN;
    }

    /** The number of components that a JPEG's frame header gives, or 0 where there is none. */
    static int jpegComponents(byte[] file) {
        int at = 2;
        while (at + 9 < file.length && (file[at] & 0xFF) == 0xFF) {
            int marker = file[at + 1] & 0xFF;
            boolean frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
            if (frame) {
                return file[at + 9] & 0xFF;
            }
            at += marker == 0xFF ? 1 : 2 + ((file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF);
        }
        return 0;
    }

    private static boolean starts(byte[] file, int at, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        return file.length >= at + bytes.length
                && java.util.Arrays.equals(file, at, at + bytes.length, bytes, 0, bytes.length);
    }
}
