package ai.softlabel.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.SplittableRandom;

/** Inputs made of a corpus: a few changes to one of its members, the same for a seed and a number. */
final class Mutations {
    private static final int[] EDGES = {0, 1, 0x7F, 0x80, 0xFE, 0xFF};
    private static final int MOST_CHANGES = 6;
    private static final int HEADER = 64;

    private final List<byte[]> corpus;
    private final long seed;

    Mutations(List<byte[]> corpus, long seed) {
        this.corpus = corpus;
        this.seed = seed;
    }

    byte[] input(long number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        byte[] input = corpus.get(random.nextInt(corpus.size())).clone();
        int changes = 1 + random.nextInt(MOST_CHANGES);
        for (int i = 0; i < changes && input.length > 0; i++) {
            input = changed(input, random);
        }
        return input;
    }

    private byte[] changed(byte[] in, SplittableRandom random) {
        // Half of the changes are in the header, where few bytes say much.
        int at = random.nextInt(random.nextBoolean() ? Math.min(HEADER, in.length) : in.length);
        int length = Math.min(in.length - at, 1 + random.nextInt(16));
        switch (random.nextInt(7)) {
            case 0 -> in[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> in[at] = (byte) random.nextInt(256);
            case 2 -> {
                for (int i = 0; i < Math.min(4, length); i++) {
                    in[at + i] = (byte) EDGES[random.nextInt(EDGES.length)];
                }
            }
            case 3 -> {
                return joined(in, 0, at, in, at + length, in.length);
            }
            case 4 -> {
                return joined(in, 0, at + length, in, at, in.length);
            }
            case 5 -> {
                return joined(in, 0, at, in, at, at);
            }
            default -> {
                byte[] other = corpus.get(random.nextInt(corpus.size()));
                return joined(in, 0, at, other, Math.min(at, other.length), other.length);
            }
        }
        return in;
    }

    private static byte[] joined(byte[] a, int fromA, int toA, byte[] b, int fromB, int toB) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(a, fromA, toA - fromA);
        out.write(b, fromB, toB - fromB);
        return out.toByteArray();
    }
}
