package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A run of a {@link Comparison}.
 *
 * @param path the run directory, as the user gave it
 * @param report its {@code report.json}
 * @param epochs the lines of its {@code epochs.jsonl}; none for an evaluation
 * @param options the settings that its checkpoints name; none where it has no checkpoints
 */
public record ComparedRun(String path, JsonNode report, List<JsonNode> epochs, Map<String, String> options) {
    /** What a report says about how the run was made, by the name of its option where there is one. */
    private static final Map<String, String> FIELDS = new LinkedHashMap<>();

    /** Fields of checkpoints that a report has too, in its own words. */
    private static final Set<String> REPORTED = Set.of("version", "data", "weights", "classes", "loss", "replicas");

    private static final int HASH = 12;

    static {
        FIELDS.put("command", "/command");
        FIELDS.put("version", "/version");
        FIELDS.put("git", "/git");
        FIELDS.put("spark", "/spark/version");
        FIELDS.put("master", "/spark/master");
        FIELDS.put("executors", "/spark/executors");
        FIELDS.put("cores", "/spark/cores");
        FIELDS.put("data", "/data/path");
        FIELDS.put("pictures (hash)", "/data/fingerprint");
        FIELDS.put("split", "/data/split");
        FIELDS.put("validation", "/data/held_out");
        FIELDS.put("training pictures", "/data/train");
        FIELDS.put("held-out pictures", "/data/validation");
        FIELDS.put("test pictures", "/data/test");
        FIELDS.put("classes", "/data/classes");
        FIELDS.put("architecture", "/model/architecture");
        FIELDS.put("weights", "/model/weights");
        FIELDS.put("image-size", "/model/image_size");
        FIELDS.put("test-size", "/model/test_size");
        FIELDS.put("store-size", "/model/store_size");
        FIELDS.put("decode", "/model/decode");
        FIELDS.put("test-flip", "/model/test_flip");
        FIELDS.put("loss", "/training/loss");
        FIELDS.put("batch-size", "/training/batch_size");
        FIELDS.put("epochs trained", "/training/epochs");
        FIELDS.put("keep-best", "/training/kept_by");
        FIELDS.put("replicas", "/training/replicas");
        FIELDS.put("seed", "/training/seed");
        FIELDS.put("folds", "/training/folds");
        FIELDS.put("sampler", "/training/sampler");
        FIELDS.put("class-weights", "/training/class_weights");
    }

    /**
     * Its settings by name, as text.
     *
     * @param checkpoints whether also those that only checkpoints name
     */
    Map<String, String> settings(boolean checkpoints) {
        Map<String, String> all = new LinkedHashMap<>();
        FIELDS.forEach((name, pointer) -> {
            JsonNode found = report.at(pointer);
            if (!found.isMissingNode() && !found.isNull()) {
                String text = found.isContainerNode() ? found.toString() : found.asText();
                boolean hash = pointer.endsWith("/fingerprint") || pointer.equals("/git");
                all.put(name, hash && text.length() > HASH ? text.substring(0, HASH) : text);
            }
        });
        if (!checkpoints) {
            return all;
        }
        String loss = all.getOrDefault("loss", "");
        options.forEach((name, value) -> {
            // A loss is said with its parameters, in the report.
            boolean parameter = loss.contains(name + "=") || (name.equals("smoothing") && !loss.isEmpty());
            if (!parameter && !REPORTED.contains(name)) {
                all.putIfAbsent(name, value);
            }
        });
        return all;
    }

    /** The figures after recalibration; those of the test part where the run has none. */
    JsonNode recalibrated() {
        return report.path(Stream.of("recalibrated", "labels")
                .filter(report::has)
                .findFirst()
                .orElse("test"));
    }

    /** The recalibration. */
    String recalibration() {
        return recalibrated().path("chosen").asText("none");
    }

    /** What tells the pictures apart that it was scored on: runs with the same text have the same test part. */
    String scored() {
        JsonNode data = report.path("data");
        String split = data.path("split").asText("");
        // Only a part that is drawn depends on the seed.
        String seed = split.contains(":") ? report.at("/training/seed").asText() : "";
        return String.join(
                " ",
                data.path("fingerprint").asText(),
                split,
                seed,
                report.at("/test/count").asText());
    }
}
