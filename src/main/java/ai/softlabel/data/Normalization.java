package ai.softlabel.data;

import java.io.Serializable;
import java.util.List;

/**
 * How bytes become network input: (value / 255 - mean) / deviation, for red, green and blue.
 *
 * @param mean three means in 0..1
 * @param deviation three deviations above 0
 */
public record Normalization(List<Double> mean, List<Double> deviation) implements Serializable {
    /** ImageNet's means and deviations, as torchvision's weights expect. */
    public static final Normalization IMAGENET =
            new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    float scale(int channel) {
        return (float) (1 / (255 * deviation.get(channel)));
    }

    float shift(int channel) {
        return (float) (-mean.get(channel) / deviation.get(channel));
    }
}
