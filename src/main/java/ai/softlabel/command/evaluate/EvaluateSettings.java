package ai.softlabel.command.evaluate;

import ai.softlabel.data.LabelSource;
import ai.softlabel.pipeline.EngineChoice;

/**
 * The settings of {@code evaluate}, checked.
 *
 * @param model the run directory whose model is scored
 * @param data path of the pictures, or null for the built-in sample
 * @param labels where the labels come from
 * @param out directory for the report
 * @param maxRejected largest accepted share of rejected pictures
 * @param replace whether to overwrite an earlier result of the command in {@code out}
 * @param shift what is measured beside the pictures as they are, or null
 * @param engine what computes the network
 */
public record EvaluateSettings(
        String model,
        String data,
        LabelSource labels,
        String out,
        double maxRejected,
        boolean replace,
        Shift shift,
        EngineChoice engine) {
    /**
     * Corrupted pictures, and pictures of no known class.
     *
     * @param pictures how many of the test pictures are corrupted at most, and of each kind of unknown ones scored
     * @param unknown path of pictures of no class of the model, or null
     */
    public record Shift(int pictures, String unknown) {}

    /** Of the pictures as they are. */
    public EvaluateSettings(
            String model, String data, LabelSource labels, String out, double maxRejected, boolean replace) {
        this(model, data, labels, out, maxRejected, replace, null, EngineChoice.BIGDL);
    }

    /** Labels of the folder's layout. */
    public EvaluateSettings(String model, String data, String out, double maxRejected, boolean replace) {
        this(model, data, LabelSource.LAYOUT, out, maxRejected, replace);
    }
}
