package ai.softlabel.command.predict;

import ai.softlabel.JobException;
import ai.softlabel.Sha256;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.EngineChoice;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import ai.softlabel.score.ScoringEngine;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * How pictures are cut into partitions, and what else a finished partition depends on: {@code plan.json}, by which a
 * run that was stopped goes on.
 *
 * @param pictures how many there are
 * @param perPartition how many a partition has, the last one excepted
 * @param names hash of their names, in order
 * @param model hash of the model's files
 * @param engine what computes the network
 * @param limits when to abstain and the sets' coverage, as text; empty for neither
 */
record PredictPlan(
        int pictures,
        int perPartition,
        String names,
        String model,
        ScoringEngine engine,
        int topK,
        boolean allProbabilities,
        String limits)
        implements Serializable {
    static final String FILE = "plan.json";

    private static final int MOST = 2000;
    private static final int PARTITIONS_PER_SLOT = 8;

    /**
     * How many pictures a partition has: many more partitions than slots, so that all slots end at about the same time
     * and little is lost with one; but a batch for each slot, for a batch costs the same with one picture.
     */
    static int perPartition(int pictures, int slots, int batch) {
        int even = (int) Math.ceil(pictures / (double) slots);
        int many = (int) Math.ceil(pictures / (double) slots / PARTITIONS_PER_SLOT);
        return Math.max(1, Math.min(MOST, Math.max(many, Math.min(batch, even))));
    }

    /**
     * A hash of names in their order.
     *
     * @param before that of the names that come before, empty for none
     */
    static String hash(String before, Iterator<String> names) {
        String hash = before;
        while (names.hasNext()) {
            hash = Sha256.of(hash + names.next());
        }
        return hash;
    }

    /** A hash of a run's files that predictions depend on. */
    static String modelHash(Directory model) throws IOException {
        StringBuilder hashes = new StringBuilder();
        for (String file : List.of(ModelCard.WEIGHTS, ModelCard.FILE, CalibrationFile.FILE)) {
            hashes.append(model.has(file) ? Sha256.of(model.read(file)) : "none")
                    .append('\n');
        }
        return Sha256.of(hashes.toString());
    }

    int partitions() {
        return (pictures + perPartition - 1) / perPartition;
    }

    /** A partition with its pictures. */
    PredictTask.Slice slice(int partition, List<String> names) {
        return new PredictTask.Slice(partition, String.format(Locale.ROOT, "part-%05d", partition), names);
    }

    void write(Directory out) throws IOException {
        out.writeText(
                FILE,
                Json.pretty(Json.object()
                        .put("pictures", pictures)
                        .put("per_partition", perPartition)
                        .put("names", names)
                        .put("model", model)
                        .put("engine", engine.toString())
                        .put("top_k", topK)
                        .put("all_probabilities", allProbabilities)
                        .put("limits", limits)));
    }

    /** The engine that goes on: that of the plan where one is measured, so that all rows come from one. */
    static EngineChoice engine(EngineChoice given, Directory out) throws IOException {
        return given == EngineChoice.AUTO && out.has(FILE)
                ? EngineChoice.parse(engine(read(out))).orElse(given)
                : given;
    }

    private static String engine(ObjectNode plan) {
        // A plan of an older version has none.
        return plan.path("engine").asText(ScoringEngine.BIGDL.toString());
    }

    private static ObjectNode read(Directory out) throws IOException {
        try {
            return (ObjectNode) Json.parse(out.readText(FILE));
        } catch (com.fasterxml.jackson.core.JsonProcessingException | ClassCastException e) {
            throw JobException.input(
                    "expected a plan as predict writes it in %s, found other content; give --replace to start again",
                    out.path(FILE));
        }
    }

    /**
     * The plan of an earlier run that this one goes on with.
     *
     * @throws JobException of status 2 where that run had other pictures, another model or other columns
     */
    PredictPlan resumed(Directory out) throws IOException {
        ObjectNode found = read(out);
        ObjectNode own = Json.object()
                .put("pictures", pictures)
                .put("names", names)
                .put("model", model)
                .put("top_k", topK)
                .put("all_probabilities", allProbabilities);
        List<String> differences = new ArrayList<>();
        for (Iterator<String> keys = own.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!own.get(key).equals(found.path(key))) {
                differences.add(key);
            }
        }
        // A plan of an older version has none.
        if (!limits.equals(found.path("limits").asText(""))) {
            differences.add("max_error, min_coverage or coverage");
        }
        if (!engine.toString().equals(engine(found))) {
            differences.add("engine");
        }
        int size = found.path("per_partition").asInt();
        if (!differences.isEmpty() || size < 1) {
            throw JobException.options(
                    "expected the pictures, model and options of the predict in --out %s, found that %s differ; give those, or --replace to start again",
                    out, String.join(", ", differences.isEmpty() ? List.of("per_partition") : differences));
        }
        return new PredictPlan(pictures, size, names, model, engine, topK, allProbabilities, limits);
    }
}
