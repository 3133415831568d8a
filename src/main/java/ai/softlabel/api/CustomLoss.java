package ai.softlabel.api;

import ai.softlabel.loss.Loss;
import ai.softlabel.loss.LossState;
import ai.softlabel.loss.Losses;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/** A {@link RowLoss} as training takes it. */
record CustomLoss(String name, RowLoss loss) implements Loss {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    /** @throws IllegalArgumentException where the name is none, or that of a loss that there is already */
    CustomLoss {
        if (name == null || !NAME.matcher(name).matches() || Losses.names().contains(name)) {
            throw new IllegalArgumentException(
                    "expected a name of small letters, digits and hyphens for your loss, and none of " + Losses.names()
                            + ", found " + name + "; give another");
        }
        if (loss == null) {
            throw new IllegalArgumentException("expected a loss with the name " + name + ", found null; give one");
        }
    }

    @Override
    public Map<String, Double> parameters() {
        return Map.of();
    }

    @Override
    public double row(
            double[] logits, double[] target, int classes, double weight, LossState state, double[] gradient) {
        // Copies of their own: training's arrays may be longer, and are read again.
        double[] own = new double[classes];
        double value = loss.loss(Arrays.copyOf(logits, classes), Arrays.copyOf(target, classes), own);
        for (int c = 0; c < classes; c++) {
            gradient[c] = weight * own[c];
        }
        return weight * value;
    }
}
