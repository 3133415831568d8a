package ai.softlabel.network;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A model's state to and from safetensors with torchvision's names. */
public final class Weights {
    private static final Pattern PREFIX =
            Pattern.compile("((module|model|net|network|backbone|encoder|state_dict|_orig_mod)\\.)+");
    /** Tensors that a message names. */
    private static final int MOST_PROBLEMS = 20;

    private Weights() {}

    /**
     * A model's state out of a file.
     *
     * @param start what the head begins with where the file's has another number of classes
     * @return the state, and whether the head was replaced
     */
    public static Loaded load(Model model, Safetensors given, String source, ModelState start) {
        String prefix = prefix(model, given);
        Safetensors file = given.without(prefix);
        float[] weights = start.weights().clone();
        float[] statistics = start.statistics().clone();
        boolean replaced = headDiffers(model, file);
        List<String> problems = new ArrayList<>();
        for (Parameter p : model.parameters()) {
            if (!(replaced && p.kind().head())) {
                check(file, p.name(), p.shape(), problems);
            }
        }
        for (BatchNormStatistics s : model.statistics()) {
            int[] channels = {s.channels()};
            check(file, s.name() + ".running_mean", channels, problems);
            check(file, s.name() + ".running_var", channels, problems);
        }
        checkNoOthers(file, model, problems);
        if (!problems.isEmpty()) {
            int shown = Math.min(MOST_PROBLEMS, problems.size());
            // Formatted here, so that the list is not cut as what was found is.
            throw new JobException(
                    ExitStatus.INPUT,
                    String.format(
                            "expected the tensors of %s in %s, found %d that do not fit: %s%s; give the --architecture that fits the file, or another file",
                            model.architecture(),
                            source,
                            problems.size(),
                            String.join("; ", problems.subList(0, shown)),
                            shown < problems.size() ? "; and " + (problems.size() - shown) + " more" : ""));
        }
        for (Parameter p : model.parameters()) {
            if (!(replaced && p.kind().head())) {
                file.floats(p.name(), weights, p.offset());
            }
        }
        for (BatchNormStatistics s : model.statistics()) {
            file.floats(s.name() + ".running_mean", statistics, s.offset());
            file.floats(s.name() + ".running_var", statistics, s.offset() + s.channels());
        }
        checkFinite(weights, source);
        checkFinite(statistics, source);
        String bias = model.linear().name() + ".bias";
        return new Loaded(
                new ModelState(weights, statistics, 0),
                replaced,
                replaced && file.has(bias) ? file.shape(bias)[0] : model.classes(),
                prefix);
    }

    /** What other programs put before every name: "module." by PyTorch's DataParallel, and the like; or "". */
    private static String prefix(Model model, Safetensors file) {
        String first = model.parameters().get(0).name();
        return file.names().stream()
                .filter(n -> n.endsWith("." + first))
                .map(n -> n.substring(0, n.length() - first.length()))
                .filter(prefix -> !file.has(first) && PREFIX.matcher(prefix).matches())
                .findFirst()
                .orElse("");
    }

    /**
     * @param state the model's state
     * @param headReplaced whether the head is fresh
     * @param fileClasses the number of classes in the file
     * @param prefix what was left out of the names in the file, or ""
     */
    public record Loaded(ModelState state, boolean headReplaced, int fileClasses, String prefix) {}

    private static boolean headDiffers(Model model, Safetensors file) {
        String head = model.linear().name();
        String bias = head + ".bias";
        return !file.has(head + ".weight")
                || !file.has(bias)
                || file.shape(bias).length != 1
                || file.shape(bias)[0] != model.classes();
    }

    private static void check(Safetensors file, String name, int[] shape, List<String> problems) {
        String found = file.has(name) ? Arrays.toString(file.shape(name)) : "none of that name";
        if (!found.equals(Arrays.toString(shape))) {
            problems.add("tensor " + name + " of shape " + Arrays.toString(shape) + " expected, " + found + " found");
        }
    }

    /** A deeper network's file has all tensors of a shallower one, and convolutions that the latter has not. */
    private static void checkNoOthers(Safetensors file, Model model, List<String> problems) {
        Set<String> own = model.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
        for (String name : file.names()) {
            if (!own.contains(name) && file.shape(name).length == 4) {
                problems.add("no convolution " + name + " expected, " + Arrays.toString(file.shape(name)) + " found");
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
