package ai.softlabel.data;

/** The orientation in Exif data (Exif 2.32, tag 0x0112, in the first directory of a TIFF 6.0 structure). */
final class Exif {
    private static final int ORIENTATION = 0x0112;
    private static final int SHORT = 3;
    private static final int ENTRY = 12;

    private final byte[] file;
    private final int from;
    private final int to;
    private final boolean littleEndian;

    /** The TIFF structure that fills {@code file} from {@code from} to {@code to}. */
    Exif(byte[] file, int from, int to) {
        this.file = file;
        this.from = from;
        this.to = to;
        this.littleEndian = from < to && file[from] == 'I';
    }

    /** 1 to 8; 1 where there is none that can be read. */
    int orientation() {
        if (number(2, 2) != 42) {
            return 1;
        }
        long directory = number(4, 4);
        long entries = number(directory, 2);
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + (long) ENTRY * i;
            if (number(entry, 2) == ORIENTATION) {
                long value = number(entry + 2, 2) == SHORT ? number(entry + 8, 2) : number(entry + 8, 4);
                return value >= 1 && value <= 8 ? (int) value : 1;
            }
        }
        return 1;
    }

    /** The unsigned number of some bytes at an offset, or -1 where the data ends before. */
    private long number(long at, int bytes) {
        if (at < 0 || at + bytes > to - from) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            int b = file[from + (int) at + (littleEndian ? bytes - 1 - i : i)] & 0xFF;
            value = value << 8 | b;
        }
        return value;
    }
}
