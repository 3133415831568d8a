package ai.softlabel.network;

import ai.softlabel.JobException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A model's state to and from safetensors with torchvision's names. */
public final class Weights {
    private Weights() {}

    /**
     * A model's state out of a file.
     *
     * @param start what the head begins with where the file's has another number of classes
     * @return the state, and whether the head was replaced
     */
    public static Loaded load(Model model, Safetensors file, String source, ModelState start) {
        float[] weights = start.weights().clone();
        float[] statistics = start.statistics().clone();
        boolean replaced = headDiffers(model, file);
        for (Parameter p : model.parameters()) {
            if (!(replaced && p.kind().head())) {
                check(file, source, p.name(), p.shape(), model);
                file.floats(p.name(), weights, p.offset());
            }
        }
        checkNoOthers(file, source, model);
        int[] channels = new int[1];
        for (BatchNormStatistics s : model.statistics()) {
            channels[0] = s.channels();
            check(file, source, s.name() + ".running_mean", channels, model);
            check(file, source, s.name() + ".running_var", channels, model);
            file.floats(s.name() + ".running_mean", statistics, s.offset());
            file.floats(s.name() + ".running_var", statistics, s.offset() + s.channels());
        }
        checkFinite(weights, source);
        checkFinite(statistics, source);
        String bias = model.linear().name() + ".bias";
        return new Loaded(
                new ModelState(weights, statistics, 0),
                replaced,
                replaced && file.has(bias) ? file.shape(bias)[0] : model.classes());
    }

    /**
     * @param state the model's state
     * @param headReplaced whether the head is fresh
     * @param fileClasses the number of classes in the file
     */
    public record Loaded(ModelState state, boolean headReplaced, int fileClasses) {}

    private static boolean headDiffers(Model model, Safetensors file) {
        String head = model.linear().name();
        String bias = head + ".bias";
        return !file.has(head + ".weight")
                || !file.has(bias)
                || file.shape(bias).length != 1
                || file.shape(bias)[0] != model.classes();
    }

    private static void check(Safetensors file, String source, String name, int[] shape, Model model) {
        String found = file.has(name) ? Arrays.toString(file.shape(name)) : "none of that name";
        if (!found.equals(Arrays.toString(shape))) {
            throw JobException.input(
                    "expected tensor %s of shape %s for %s in %s, found %s; give the --architecture that fits the file, or another file",
                    name, Arrays.toString(shape), model.architecture(), source, found);
        }
    }

    /** A deeper network's file has all tensors of a shallower one, and convolutions that the latter has not. */
    private static void checkNoOthers(Safetensors file, String source, Model model) {
        Set<String> own = model.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
        for (String name : file.names()) {
            if (!own.contains(name) && file.shape(name).length == 4) {
                throw JobException.input(
                        "expected no convolution but those of %s in %s, found %s; give the --architecture that fits the file, or another file",
                        model.architecture(), source, name);
            }
        }
    }

    private static void checkFinite(float[] values, String source) {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                throw JobException.input("expected finite weights in %s, found %s; use another file", source, v);
            }
        }
    }

    /** Writes a model's state with torchvision's names, {@code num_batches_tracked} included. */
    public static void save(Model model, ModelState state, OutputStream out, Map<String, String> metadata)
            throws IOException {
        List<Safetensors.Tensor> tensors = new ArrayList<>();
        for (Parameter p : model.parameters()) {
            tensors.add(Safetensors.Tensor.floats(p.name(), p.shape(), state.weights(), p.offset()));
        }
        for (BatchNormStatistics s : model.statistics()) {
            int[] shape = {s.channels()};
            tensors.add(Safetensors.Tensor.floats(s.name() + ".running_mean", shape, state.statistics(), s.offset()));
            tensors.add(Safetensors.Tensor.floats(
                    s.name() + ".running_var", shape, state.statistics(), s.offset() + s.channels()));
            tensors.add(Safetensors.Tensor.integer(s.name() + ".num_batches_tracked", state.steps()));
        }
        Safetensors.write(out, tensors, metadata);
    }
}
