package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.optim.GradientNorms;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** What arrives of numbers that lie from {@code index} on, read in other ranges than they were written in. */
    private static float[] arrived(Wire wire, float[] values, int index) {
        float[] flat = new float[index + values.length];
        System.arraycopy(values, 0, flat, index, values.length);
        ByteBuffer message = ByteBuffer.allocateDirect(values.length * wire.bytes());
        int edge = (index / GradientNorms.GRID + 2) * GradientNorms.GRID;
        wire.write(flat, index, edge - index, at(message, 0));
        wire.write(flat, edge, flat.length - edge, at(message, wire.bytes() * (edge - index)));
        float[] out = new float[values.length];
        for (int from = index, to; from < flat.length; from = to) {
            to = Math.min(flat.length, (from / GradientNorms.GRID + 1) * GradientNorms.GRID);
            wire.read(at(message, wire.bytes() * (from - index)), from, out, from - index, to - from);
        }
        return out;
    }

    private static ByteBuffer at(ByteBuffer message, int position) {
        return message.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(position);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4096, 1000})
    void float32ArrivesAsItIs(int index) {
        assertArrayEquals(values(), arrived(Wire.FLOAT32, values(), index));
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 1000})
    void bfloat16DoesNotDependOnThePlace(int index) {
        assertArrayEquals(arrived(Wire.BFLOAT16, values(), 0), arrived(Wire.BFLOAT16, values(), index));
    }

    /** Both ends come to the same weights, no further from those wanted than the change's rounding. */
    @ParameterizedTest
    @EnumSource(Wire.class)
    void changesMoveBothEndsToTheSameBits(Wire wire) {
        Random random = new Random(2);
        int index = 1000;
        int n = 10_001;
        float[] ours = new float[index + n];
        float[] wanted = new float[n];
        for (int i = 0; i < n; i++) {
            ours[index + i] = (float) random.nextGaussian();
            wanted[i] = ours[index + i] + (float) random.nextGaussian() * 1e-3f;
        }
        float[] before = ours.clone();
        float[] theirs = ours.clone();
        ByteBuffer message = ByteBuffer.allocate(wire.bytes() * n);
        wire.writeChanges(ours, index, wanted.clone(), n, at(message, 0));
        wire.readChanges(at(message, 0), theirs, index, n);
        assertArrayEquals(ours, theirs);
        for (int i = 0; i < n; i++) {
            float was = before[index + i];
            assertEquals(wanted[i], ours[index + i], Math.abs(wanted[i] - was) / 256 + 2 * Math.ulp(was));
        }
    }

    /** Against exact arithmetic: no bfloat16 is nearer, and of two as near it is the even one. */
    @Test
    void bfloat16IsTheNearest() {
        float[] values = values();
        float[] arrived = arrived(Wire.BFLOAT16, values, 0);
        for (int i = 0; i < values.length; i++) {
            float v = values[i];
            float r = arrived[i];
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
