package ai.softlabel.data;

import java.io.ByteArrayOutputStream;

/**
 * A JPEG's header: its segments up to the first scan (ITU T.81, annex B). Every index is checked, so that any bytes may
 * be given.
 */
final class Jpeg {
    private static final int SOF = 0xC0;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    private static final int APP14 = 0xEE;
    private static final int APP15 = 0xEF;
    private static final int COM = 0xFE;

    private final byte[] file;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private int components;
    private int ids;
    private boolean jfif;
    private int adobe = -1;
    private int orientation = 1;
    private boolean exif;
    private int rest;

    /** Reads the header of a file that begins with a JPEG's first marker. */
    Jpeg(byte[] file) {
        this.file = file;
        int at = 2;
        // As libjpeg does, bytes that are no marker are passed over.
        while (at + 3 < file.length) {
            int marker = file[at + 1] & 0xFF;
            if ((file[at] & 0xFF) != 0xFF || marker == 0 || marker == 0xFF) {
                at++;
            } else if (marker == SOS || marker == EOI) {
                break;
            } else if (marker >= 0xD0 && marker <= 0xD8 || marker == 1) {
                at += 2;
            } else {
                int end = at + 2 + (byteAt(at + 2) << 8 | byteAt(at + 3));
                segment(marker, at, Math.min(end, file.length));
                at = Math.max(end, at + 4);
            }
        }
        rest = Math.min(at, file.length);
    }

    private void segment(int marker, int at, int end) {
        int data = at + 4;
        if (marker >= SOF && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC && components == 0) {
            components = byteAt(data + 5);
            for (int i = 0; i < 3; i++) {
                ids = ids << 8 | byteAt(data + 6 + 3 * i);
            }
        } else if (marker == APP0 && starts(data, end, "JFIF\0")) {
            jfif = true;
        } else if (marker == APP14 && starts(data, end, "Adobe") && end - data >= 12) {
            adobe = byteAt(data + 11);
        } else if (marker == APP1 && !exif && starts(data, end, "Exif\0\0")) {
            exif = true;
            orientation = new Exif(file, data + 6, end).orientation();
        }
        if ((marker < APP0 || marker > APP15) && marker != COM) {
            kept.write(file, at, end - at);
        }
    }

    /** The number of components that the frame header gives, or 0 where there is none. */
    int components() {
        return components;
    }

    /** The orientation that Exif gives, 1 to 8; 1 where there is none that can be read. */
    int orientation() {
        return orientation;
    }

    /**
     * The file without all that its pictures do not need: comments and application data, an embedded colour profile
     * among them. In their place an Adobe marker says how the colours are coded, by libjpeg's rules (its
     * {@code default_decompress_parms}), for decoders that have rules of their own. Four components are inverted, as
     * Adobe writes them.
     */
    byte[] plain() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(file.length + 32);
        out.write(file, 0, 2);
        if (components == 3 || components == 4) {
            int transform = components == 4 ? adobe == 2 ? 2 : 0 : luma() ? 1 : 0;
            byte[] marker = {
                (byte) 0xFF, (byte) APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
            };
            out.writeBytes(marker);
        }
        out.writeBytes(kept.toByteArray());
        out.write(file, rest, file.length - rest);
        return out.toByteArray();
    }

    /** Whether three components are luma and two colour differences, otherwise red, green and blue: libjpeg's rules. */
    boolean luma() {
        if (jfif) {
            return true;
        }
        return adobe >= 0 ? adobe != 0 : ids != ('R' << 16 | 'G' << 8 | 'B');
    }

    private boolean starts(int at, int end, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (at + i >= end || file[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int byteAt(int at) {
        return at < file.length ? file[at] & 0xFF : 0;
    }
}
