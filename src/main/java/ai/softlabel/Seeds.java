package ai.softlabel;

import java.util.SplittableRandom;

/**
 * Random numbers that depend on what they are for and on nothing else: every stream is keyed by the run's seed, a
 * purpose and names or counters, so that the order of work, the executor and a retry can't change them.
 */
public final class Seeds {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /**
     * A 64-bit key of the seed, the purpose and further parts.
     *
     * @param parts numbers or strings; a number counts by its {@code longValue}
     */
    public static long key(long seed, String purpose, Object... parts) {
        long h = mix(seed + GOLDEN);
        h = mix(h ^ text(purpose));
        for (Object part : parts) {
            h = mix((h + GOLDEN) ^ (part instanceof Number n ? mix(n.longValue()) : text(part.toString())));
        }
        return h;
    }

    /** A stream of random numbers for {@link #key}. */
    public static SplittableRandom stream(long seed, String purpose, Object... parts) {
        return new SplittableRandom(key(seed, purpose, parts));
    }

    private static long text(String s) {
        long h = s.length();
        for (int i = 0; i < s.length(); i++) {
            h = mix(h * 31 + s.charAt(i) + GOLDEN);
        }
        return h;
    }

    /** The finaliser of MurmurHash3 in Stafford's variant 13, as in {@link SplittableRandom}. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
