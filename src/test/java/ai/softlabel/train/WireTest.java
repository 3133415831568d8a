package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WireTest {
    private static float[] values() {
        Random random = new Random(1);
        float[] values = new float[10_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 == 0
                    ? Float.intBitsToFloat(random.nextInt())
                    : (float) (random.nextGaussian() * Math.exp(random.nextGaussian() * 5));
        }
        float[] special = {
            0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, Float.MAX_VALUE, 1f
        };
        System.arraycopy(special, 0, values, 0, special.length);
        return values;
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void whatArrivesIsWhatRoundedSays(Wire wire) {
        float[] values = values();
        ByteBuffer b = ByteBuffer.allocate(values.length * wire.bytes() + 4).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(values.length);
        wire.write(values, 0, values.length, b);
        assertEquals(0, b.remaining());
        b.rewind();
        float[] arrived = new float[b.getInt() + 1];
        wire.read(b, arrived, 1, values.length);
        for (int i = 0; i < values.length; i++) {
            assertEquals(Float.floatToIntBits(wire.rounded(values[i])), Float.floatToIntBits(arrived[i + 1]));
        }
    }

    /** Against exact arithmetic: no bfloat16 is nearer, and of two as near it is the even one. */
    @Test
    void bfloat16IsTheNearest() {
        for (float v : values()) {
            float r = Wire.BFLOAT16.rounded(v);
            if (Float.isNaN(v) || Float.isInfinite(v) || Float.isInfinite(r)) {
                assertTrue(Float.isNaN(v) == Float.isNaN(r));
                assertTrue(Float.isInfinite(r) == !Float.isNaN(v));
                continue;
            }
            int bits = Float.floatToRawIntBits(r);
            assertEquals(0, bits & 0xFFFF);
            BigDecimal off = new BigDecimal(v).subtract(new BigDecimal(r)).abs();
            for (int step : new int[] {-0x10000, 0x10000}) {
                float other = Float.intBitsToFloat(bits + step);
                if (Float.isFinite(other) && (bits + step & 0x80000000) == (bits & 0x80000000)) {
                    int nearer = off.compareTo(
                            new BigDecimal(v).subtract(new BigDecimal(other)).abs());
                    assertTrue(nearer < 0 || nearer == 0 && (bits & 0x10000) == 0, v + " became " + r);
                }
            }
        }
    }
}
