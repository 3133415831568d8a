package ai.softlabel.network;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The least and the largest number of each value of a network over some pictures: of the pictures, and of the result of
 * each convolution and each sum with its activation, in the order in which they are computed.
 *
 * @param low as many as {@code high}
 */
public record ActivationRanges(List<Float> low, List<Float> high) implements Serializable {
    public ActivationRanges {
        low = List.copyOf(low);
        high = List.copyOf(high);
        if (low.size() != high.size()) {
            throw new IllegalArgumentException(
                    "expected as many least as largest numbers, found " + low.size() + " and " + high.size());
        }
    }

    /** Of one batch: what {@link OnnxModel#observed} gives. */
    public static ActivationRanges of(float[] low, float[] high) {
        return new ActivationRanges(boxed(low), boxed(high));
    }

    /** Over the pictures of both. */
    public ActivationRanges plus(ActivationRanges other) {
        List<Float> l = new ArrayList<>();
        List<Float> h = new ArrayList<>();
        for (int i = 0; i < low.size(); i++) {
            l.add(Math.min(low.get(i), other.low.get(i)));
            h.add(Math.max(high.get(i), other.high.get(i)));
        }
        return new ActivationRanges(l, h);
    }

    private static List<Float> boxed(float[] values) {
        List<Float> out = new ArrayList<>();
        for (float v : values) {
            out.add(v);
        }
        return out;
    }
}
