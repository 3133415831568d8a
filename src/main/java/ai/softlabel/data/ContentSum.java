package ai.softlabel.data;

import ai.softlabel.Sha256;
import java.io.Serializable;
import java.math.BigInteger;

/**
 * One fingerprint of many pictures, whatever their order, without holding them: the sum of SHA-256 hashes modulo 2^256.
 * It tells other pictures by accident, not by intent: who chooses the pictures can find two sets of the same sum
 * (Wagner, "A Generalized Birthday Problem", 2002).
 */
public record ContentSum(BigInteger value) implements Serializable {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
    private static final int HEX = 16;

    public static ContentSum none() {
        return new ContentSum(BigInteger.ZERO);
    }

    /** The sum that {@link #toString} wrote. */
    public static ContentSum parse(String hex) {
        return new ContentSum(new BigInteger(hex, HEX));
    }

    /** The sum with one more picture. */
    public ContentSum plus(String name, String sha256) {
        return plus(parse(Sha256.of(name + " " + sha256)));
    }

    public ContentSum plus(ContentSum other) {
        return new ContentSum(value.add(other.value).mod(MODULUS));
    }

    /** 64 hexadecimal digits. */
    @Override
    public String toString() {
        return String.format("%064x", value);
    }
}
