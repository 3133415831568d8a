package ai.softlabel.command.export;

import ai.softlabel.JobException;

/**
 * The settings of {@code export}, checked.
 *
 * @param model the run directory whose model is exported
 * @param format safetensors or onnx
 * @param out the file to write
 * @param int8 what int8 is calibrated on, or null for float32
 */
public record ExportSettings(String model, String format, String out, Int8 int8) {
    /**
     * How values are given 8 bits.
     *
     * @param data path of the run's pictures, or null for the built-in sample
     * @param pictures training pictures of which the values' ranges are taken, at least 1
     */
    public record Int8(String data, int pictures) {}

    public ExportSettings {
        if (int8 != null && !format.equals("onnx")) {
            throw JobException.options(
                    "expected --format onnx with --precision int8, found %s; give --format onnx", format);
        }
    }

    /** In float32. */
    public ExportSettings(String model, String format, String out) {
        this(model, format, out, null);
    }
}
