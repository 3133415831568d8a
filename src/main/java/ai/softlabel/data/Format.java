package ai.softlabel.data;

import java.nio.charset.StandardCharsets;

/** Picture formats, recognised by a file's first bytes. */
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

    private static boolean starts(byte[] file, int at, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        return file.length >= at + bytes.length
                && java.util.Arrays.equals(file, at, at + bytes.length, bytes, 0, bytes.length);
    }
}
