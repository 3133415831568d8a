package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Initialization;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.Safetensors;
import ai.softlabel.network.Weights;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.ModelCard;
import ai.softlabel.score.Predictor;
import ai.softlabel.score.ScoringEngine;
import java.io.IOException;

/**
 * A run's model, ready for scoring: its model card, architecture, state and what was fitted on held-out pictures.
 *
 * @param engine what scores with it
 */
public record TrainedModel(
        ModelCard card, Model model, ModelState state, Calibration calibration, ScoringEngine engine) {
    /** The same with another engine. */
    public TrainedModel with(ScoringEngine other) {
        return new TrainedModel(card, model, state, calibration, other);
    }

    /** The map from logits to probabilities. */
    public Calibrator calibrator() {
        return calibration.calibrator();
    }

    /**
     * Reads a run directory of a model that gives each picture one label.
     *
     * @throws JobException of status 3 where it gives several, or the run is damaged
     */
    public static TrainedModel read(Directory run) throws IOException {
        requireOneLabel(run);
        return readAny(run);
    }

    /** @throws JobException of status 3 where the run's model gives a picture several labels */
    public static void requireOneLabel(Directory run) {
        if (ModelCard.read(run).several()) {
            throw JobException.input(
                    "expected a model that gives each picture one label at --model %s, found one of several labels; evaluate and predict take it",
                    run);
        }
    }

    /** Reads a run directory, of one label for each picture or of several. */
    public static TrainedModel readAny(Directory run) throws IOException {
        ModelCard card = ModelCard.read(run);
        Model model = Model.of(card.architecture(), card.classes().size());
        String file = run.path(ModelCard.WEIGHTS);
        Weights.Loaded loaded = Weights.load(
                model, Safetensors.read(file, run.read(ModelCard.WEIGHTS)), file, Initialization.fresh(model, 0));
        if (loaded.headReplaced()) {
            throw JobException.input(
                    "expected a head for the %d classes of model.json in %s, found another head or none; restore both files from the run",
                    model.classes(), file);
        }
        return new TrainedModel(
                card,
                model,
                loaded.state(),
                card.several()
                        ? CalibrationFile.readLabels(run, model.classes())
                        : CalibrationFile.readAll(run, model.classes()),
                ScoringEngine.BIGDL);
    }

    /** A predictor with the same settings as the run's own scoring. */
    public Predictor predictor(int threads) {
        return new Predictor(
                        model.architecture(),
                        card.classes().size(),
                        false,
                        card.sizes(),
                        card.flip(),
                        card.normalization(),
                        card.decoding(),
                        threads,
                        card.several())
                .with(engine);
    }
}
