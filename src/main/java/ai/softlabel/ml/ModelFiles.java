package ai.softlabel.ml;

import ai.softlabel.files.Directory;
import ai.softlabel.network.Weights;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model with what its run directory says of it.
 *
 * @param texts the content of the run's small files, by name, as they are
 * @param objectiveHistory the mean training loss of each epoch, in nats
 */
record ModelFiles(TrainedModel trained, Map<String, String> texts, List<Double> objectiveHistory) {
    private static final String REPORT = "report.json";
    private static final String EPOCHS = "epochs.jsonl";
    private static final List<String> TEXTS = List.of(ModelCard.FILE, CalibrationFile.FILE, EPOCHS, REPORT);

    /** Reads a run directory, or what {@link #write} wrote. */
    static ModelFiles read(Directory run) throws IOException {
        List<Double> losses = new ArrayList<>();
        if (run.has(EPOCHS)) {
            for (String line : run.readText(EPOCHS).lines().toList()) {
                losses.add(Json.parse(line).path("loss").asDouble(Double.NaN));
            }
        }
        return read(run, losses);
    }

    static ModelFiles read(Directory run, List<Double> losses) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : TEXTS) {
            if (run.has(name)) {
                texts.put(name, run.readText(name));
            }
        }
        return new ModelFiles(TrainedModel.read(run), texts, losses);
    }

    /** Writes a run directory without its pictures' predictions. */
    void write(Directory run) throws IOException {
        run.write(
                ModelCard.WEIGHTS, out -> Weights.save(trained.model(), trained.state(), out, Map.of("format", "pt")));
        for (Map.Entry<String, String> text : texts.entrySet()) {
            run.writeText(text.getKey(), text.getValue());
        }
    }

    /** The report, or null. */
    String report() {
        return texts.get(REPORT);
    }
}
