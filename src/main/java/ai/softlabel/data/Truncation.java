package ai.softlabel.data;

/**
 * Whether a file ends where its format says. Some decoders fill up what is missing without a word, so a picture is not
 * taken for whole because it decodes.
 */
final class Truncation {
    private Truncation() {}

    static boolean truncated(Format format, byte[] file) {
        return switch (format) {
            case JPEG -> !jpegEnds(file);
            case PNG -> !pngEnds(file);
            case WEBP -> littleEndian(file, 4) + 8 > file.length;
            default -> false;
        };
    }

    /** Scans after which a JPEG is none of the ones that encoders write, if it is large too. */
    private static final int SCANS = 20;

    private static final long SCANNED_PIXELS = 1_000_000_000;

    /**
     * Whether decoding a JPEG takes more time than its size gives reason for: each scan goes over all pixels, and a
     * scan may be a few bytes long.
     */
    static boolean endless(byte[] file, long pixels) {
        int scans = scans(file);
        return scans > SCANS && scans * pixels > SCANNED_PIXELS;
    }

    /** The scans that a JPEG may have, by its markers. */
    static int scans(byte[] file) {
        int scans = 0;
        for (int at = 2; at + 1 < file.length; at++) {
            if ((file[at] & 0xFF) == 0xFF && (file[at + 1] & 0xFF) == 0xDA) {
                scans++;
            }
        }
        return scans;
    }

    /**
     * Goes from marker to marker, over the entropy-coded data between them, to the end-of-image marker (ITU T.81, annex
     * B).
     */
    private static boolean jpegEnds(byte[] file) {
        int at = 2;
        while (at + 1 < file.length) {
            int marker = file[at + 1] & 0xFF;
            if ((file[at] & 0xFF) != 0xFF || marker == 0 || marker == 0xFF) {
                at++;
            } else if (marker == 0xD9) {
                return true;
            } else if (marker >= 0xD0 && marker <= 0xD7 || marker == 1) {
                at += 2;
            } else if (at + 3 < file.length) {
                at += 2 + ((file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF);
            } else {
                return false;
            }
        }
        return false;
    }

    /** Goes from chunk to chunk to IEND. */
    private static boolean pngEnds(byte[] file) {
        long at = 8;
        while (at + 12 <= file.length) {
            int i = (int) at;
            if (file[i + 4] == 'I' && file[i + 5] == 'E' && file[i + 6] == 'N' && file[i + 7] == 'D') {
                return true;
            }
            at += 12
                    + ((file[i] & 0xFFL) << 24
                            | (file[i + 1] & 0xFF) << 16
                            | (file[i + 2] & 0xFF) << 8
                            | file[i + 3] & 0xFF);
        }
        return false;
    }

    private static long littleEndian(byte[] file, int at) {
        return (file[at + 3] & 0xFFL) << 24
                | (file[at + 2] & 0xFF) << 16
                | (file[at + 1] & 0xFF) << 8
                | file[at] & 0xFF;
    }
}
