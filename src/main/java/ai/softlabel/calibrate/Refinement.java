package ai.softlabel.calibrate;

import org.apache.spark.api.java.JavaRDD;

/**
 * What is left of the NLL of predictions after their best temperature. NLL is a refinement error, which recalibration
 * cannot lower, and a calibration error, which it can; during training the two are least at different epochs. What is
 * left after one temperature estimates the first (Berta, Holzmüller, Jordan and Bach, "Rethinking Early Stopping:
 * Refine, Then Calibrate", 2025, arXiv 2501.19195). As there, the temperature is fitted on the predictions that it is
 * measured on: one number, so that the NLL of other n predictions is higher by about 1/n.
 *
 * @param temperature in [1e-3, 1e3]; NaN where a logit is no finite number
 * @param nll in nats, at most that of the predictions as they are; NaN as well
 */
public record Refinement(double temperature, double nll) {
    /**
     * Fits and measures; the same predictions give the same bits in any order and partitions.
     *
     * @param data at least one prediction; passed over up to 12 times, so persisted
     */
    public static Refinement of(JavaRDD<Labelled> data) {
        return of(Predictions.of(data));
    }

    static Refinement of(Predictions data) {
        ExactSums counts = data.sum(2, (d, to) -> {
            to.add(0, 1);
            to.add(1, finite(d.logits()) ? 0 : 1);
        });
        if (counts.get(1) > 0) {
            return new Refinement(Double.NaN, Double.NaN);
        }
        double count = counts.get(0);
        Calibrator.Temperature best =
                Fitting.temperatures(data, Folds.none(Math.round(count))).get(0);
        double sum = data.sum(1, (d, to) -> to.add(0, Fitting.nll(best, d))).get(0);
        return new Refinement(best.temperature(), sum / count);
    }

    private static boolean finite(float[] logits) {
        for (float z : logits) {
            if (!Float.isFinite(z)) {
                return false;
            }
        }
        return true;
    }
}
