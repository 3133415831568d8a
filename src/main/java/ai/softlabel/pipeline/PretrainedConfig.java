package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.data.Normalization;
import ai.softlabel.files.Directory;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What timm's {@code config.json} beside pretrained weights says of the pictures that they were trained on: mean and
 * deviation, which are used, and size and test crop, which are printed where the settings differ.
 */
final class PretrainedConfig {
    private static final String FILE = "config.json";

    private PretrainedConfig() {}

    /**
     * The setup with the normalisation of its weights.
     *
     * @param console where to print, or null
     */
    static TrainingSetup apply(TrainingSetup setup, Configuration configuration, ConsoleProgress console)
            throws IOException {
        Path weights = setup.weights() == null ? null : new Path(setup.weights());
        if (weights == null || weights.getParent() == null) {
            return setup;
        }
        Directory folder = Directory.of("weights", weights.getParent().toString(), configuration);
        if (!folder.has(FILE)) {
            return setup;
        }
        String path = folder.path(FILE);
        JsonNode root;
        try {
            root = Json.parse(folder.readText(FILE));
        } catch (JsonProcessingException e) {
            throw JobException.input(
                    "expected JSON in %s, found other content; remove it, or fetch it again beside the weights", path);
        }
        // Of older files the fields stand at the root.
        JsonNode own = root.path("pretrained_cfg").isObject() ? root.get("pretrained_cfg") : root;
        if (!own.has("mean") || !own.has("std")) {
            return setup;
        }
        Normalization normalization =
                new Normalization(three(own.get("mean"), path, "mean"), three(own.get("std"), path, "std"));
        if (console != null) {
            console.print("%s: mean %s, deviation %s", path, normalization.mean(), normalization.deviation());
            int size = own.path("input_size").path(2).asInt();
            if (size > 0 && size != setup.hyperparameters().imageSize()) {
                console.print(
                        "%s: the weights were trained on pictures of %d pixels, scored on their central %s; --image-size is %d",
                        path,
                        size,
                        own.path("crop_pct").asText("crop"),
                        setup.hyperparameters().imageSize());
            }
        }
        return setup.toBuilder()
                .hyperparameters(setup.hyperparameters().toBuilder()
                        .normalization(normalization)
                        .build())
                .build();
    }

    private static List<Double> three(JsonNode n, String path, String name) {
        List<Double> out = new ArrayList<>();
        n.forEach(v -> out.add(v.asDouble(Double.NaN)));
        boolean deviation = name.equals("std");
        if (out.size() != 3 || !out.stream().allMatch(v -> Double.isFinite(v) && (!deviation || v > 0))) {
            throw JobException.input(
                    "expected three numbers%s as %s in %s, found %s; correct or remove the file",
                    deviation ? " above 0" : "", name, path, n);
        }
        return out;
    }
}
