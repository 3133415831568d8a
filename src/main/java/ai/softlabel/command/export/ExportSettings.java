package ai.softlabel.command.export;

/**
 * The settings of {@code export}, checked.
 *
 * @param model the run directory whose model is exported
 * @param format safetensors or onnx
 * @param out the file to write
 */
public record ExportSettings(String model, String format, String out) {}
