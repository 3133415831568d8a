package ai.softlabel.jpeg;

import ai.softlabel.jpeg.Frame.Component;

/** Decodes the blocks of a component, one after another (ITU T.81, F.2.2). */
final class Scan {
    private static final int BLOCK = 64;

    /** A difference of more bits is none that 8-bit samples have; nor is a coefficient. */
    static final int MOST_BITS = 11;

    private final Bits bits;
    private final Huffman dc;
    private final Huffman ac;
    private final Means means;
    private final Passed passed;
    private int last;

    Scan(Bits bits, Component component, Means means) {
        this.bits = bits;
        this.dc = component.dc();
        this.ac = component.ac();
        this.means = means;
        this.passed = means.severalCount() ? null : new Passed(ac);
    }

    /** The first coefficients are counted from zero again, as after each restart marker. */
    void restart() {
        last = 0;
    }

    /** Decodes a block into a plane whose lines are {@code stride} apart. */
    void block(byte[] plane, int at, int stride) throws Unsuited {
        long window = bits.window();
        int found = dc.find((int) (window >>> 48));
        int length = found >> 8;
        int size = found & 0xFF;
        if (size > MOST_BITS) {
            throw new Unsuited("a difference of too many bits");
        }
        last += size == 0 ? 0 : value(window << length, size);
        bits.skip(length + size);
        means.first(last);
        coefficients();
        means.write(plane, at, stride);
    }

    private void coefficients() throws Unsuited {
        int k = 1;
        while (k < BLOCK) {
            long window = bits.window();
            if (passed != null) {
                int entry = passed.entry(window);
                int places = Passed.places(entry);
                // The codes after a full block are the next one's.
                if (Passed.bits(entry) > 0 && k + places < BLOCK) {
                    bits.skip(Passed.bits(entry));
                    if (Passed.ends(entry)) {
                        return;
                    }
                    k += places;
                    continue;
                }
            }
            int found = ac.find((int) (window >>> 48));
            int length = found >> 8;
            int size = found & 15;
            int run = found >> 4 & 15;
            bits.skip(length + size);
            k += run;
            if (size == 0) {
                if (run == 0) {
                    return;
                } else if (run < 15) {
                    throw new Unsuited("a code of progressive pictures");
                }
            } else if (k >= BLOCK || size >= MOST_BITS) {
                throw new Unsuited("a coefficient beyond the block, or of too many bits");
            } else if (passed == null) {
                means.add(k, value(window << length, size));
            }
            k++;
        }
        if (k > BLOCK) {
            throw new Unsuited("more zeros than the block has places");
        }
    }

    /** The number that the upper bits are, negative where the first is 0. */
    private static int value(long window, int size) {
        int n = (int) (window >>> (64 - size));
        return window < 0 ? n : n - (1 << size) + 1;
    }
}
