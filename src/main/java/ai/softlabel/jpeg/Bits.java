package ai.softlabel.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of a scan (ITU T.81, F.2.2.5), from one restart marker to the next. The zeros that are stuffed behind 0xFF
 * are left out before any bit is read, so that eight bytes can be taken at a time.
 */
final class Bits {
    /** As many bits are there whenever a window is asked for: a code of 16, and a number of 11. */
    static final int AHEAD = 32;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int EOI = 0xD9;
    private static final int RST0 = 0xD0;

    private final byte[] file;
    private final byte[] data;
    private int next;
    private int at;
    private int end;
    private long window;
    private int held;

    /** @param from where the data begins */
    Bits(byte[] file, int from) {
        this.file = file;
        this.next = from;
        // What is read after the end is told by its place, and need only be there.
        this.data = new byte[file.length - from + 2 * Long.BYTES];
    }

    /** Takes the bytes up to the next marker. */
    void section() {
        int i = next;
        int to = 0;
        while (i < file.length) {
            byte b = file[i];
            if (b == -1) {
                if (i + 1 >= file.length || file[i + 1] != 0) {
                    break;
                }
                i++;
            }
            i++;
            data[to++] = b;
        }
        next = i;
        at = 0;
        end = to;
        window = 0;
        held = 0;
    }

    /**
     * Ends a section, of whose last byte some bits may be left, and goes to the next.
     *
     * @param restart the number of the restart marker that must follow, 0 to 7, or -1 for the end of the picture
     * @throws Unsuited where the section has more or fewer bytes than were read, or another marker follows
     */
    void end(int restart) throws Unsuited {
        int left = held + 8 * (end - at);
        if (left < 0 || left >= 8) {
            throw new Unsuited("more or fewer bytes than the blocks have");
        }
        while (next + 1 < file.length && file[next + 1] == -1) {
            next++;
        }
        if (next + 1 >= file.length || (file[next + 1] & 0xFF) != (restart < 0 ? EOI : RST0 + restart)) {
            throw new Unsuited("another marker than the one that is due");
        }
        next += 2;
    }

    /**
     * The next bits, the first one the highest; {@link #AHEAD} of them can be used.
     *
     * @throws Unsuited where the section has long ended
     */
    long window() throws Unsuited {
        if (held < AHEAD) {
            if (at >= end + Long.BYTES) {
                throw new Unsuited("it ends before its blocks do");
            }
            // Bits beyond those that are counted are the same that the next eight bytes will bring there.
            window |= (long) EIGHT.get(data, at) >>> held;
            int bytes = (63 - held) >> 3;
            at += bytes;
            held += 8 * bytes;
        }
        return window;
    }

    /** Goes on by some bits. */
    void skip(int count) {
        window <<= count;
        held -= count;
    }
}
