package ai.softlabel.run;

import ai.softlabel.JobException;
import ai.softlabel.data.Normalization;
import ai.softlabel.files.Directory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What another program needs besides the weights: {@code model.json}.
 *
 * @param depth the ResNet's depth
 * @param imageSize side of the pictures it is asked about
 * @param flip whether it is asked about their mirror images too
 * @param classes the classes' names, by label
 * @param normalization how pictures become input
 * @param split the run's split, as on the command line, {@code validation} its share held out, {@code seed} the run's
 *     seed
 * @param listing a hash of the names and labels of the data that the run was split from
 */
public record ModelCard(
        int depth,
        int imageSize,
        boolean flip,
        List<String> classes,
        Normalization normalization,
        String split,
        double validation,
        long seed,
        String listing) {
    private static final String FILE = "model.json";

    /** The weights' file beside it. */
    public static final String WEIGHTS = "model.safetensors";

    public void write(Directory run) throws IOException {
        ObjectNode n = Json.object()
                .put("schema", 1)
                .put("architecture", "resnet" + depth)
                .put("depth", depth)
                .put("image_size", imageSize)
                .put("test_flip", flip);
        classes.forEach(n.putArray("classes")::add);
        normalization.mean().forEach(n.putArray("mean")::add);
        normalization.deviation().forEach(n.putArray("deviation")::add);
        n.putObject("data")
                .put("split", split)
                .put("validation", validation)
                .put("seed", seed)
                .put("listing", listing);
        run.writeText(FILE, Json.pretty(n));
    }

    /** Reads a run's. */
    public static ModelCard read(Directory run) {
        if (!run.has(FILE) || !run.has(WEIGHTS)) {
            throw JobException.input(
                    "expected a finished run with %s and %s at --model %s, found neither or one; give the --out of a train that ended",
                    FILE, WEIGHTS, run);
        }
        try {
            JsonNode n = Json.parse(run.readText(FILE));
            JsonNode data = n.required("data");
            return new ModelCard(
                    n.required("depth").asInt(),
                    n.required("image_size").asInt(),
                    n.path("test_flip").asBoolean(),
                    texts(n.required("classes")),
                    new Normalization(numbers(n.required("mean")), numbers(n.required("deviation"))),
                    data.required("split").asText(),
                    data.required("validation").asDouble(),
                    data.required("seed").asLong(),
                    data.required("listing").asText());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw JobException.input(
                    "expected %s as train writes it in %s, found other content (%s); restore it",
                    FILE,
                    run,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw JobException.input("expected to read %s in %s, found %s; check the file", FILE, run, e.getMessage());
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> out = new ArrayList<>();
        array.forEach(v -> out.add(v.asText()));
        return out;
    }

    private static List<Double> numbers(JsonNode array) {
        List<Double> out = new ArrayList<>();
        array.forEach(v -> out.add(v.asDouble()));
        return out;
    }
}
