package ai.softlabel.job;

import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.files.Directory;
import ai.softlabel.model.Initialization;
import ai.softlabel.model.ModelState;
import ai.softlabel.model.ResNet;
import ai.softlabel.model.Safetensors;
import ai.softlabel.model.Weights;
import ai.softlabel.predict.Predictor;
import ai.softlabel.report.CalibrationFile;
import ai.softlabel.report.ModelCard;
import java.io.IOException;

/** A run's model, ready to be asked: its card, architecture, state and calibrator. */
record TrainedModel(ModelCard card, ResNet model, ModelState state, Calibrator calibrator) {

    /** Reads a run directory. */
    static TrainedModel read(Directory run) throws IOException {
        ModelCard card = ModelCard.read(run);
        ResNet model = new ResNet(card.depth(), card.classes().size());
        String file = run.path(ModelCard.WEIGHTS);
        ModelState state = Weights.load(
                        model,
                        Safetensors.read(file, run.read(ModelCard.WEIGHTS)),
                        file,
                        Initialization.fresh(model, 0))
                .state();
        return new TrainedModel(card, model, state, CalibrationFile.read(run));
    }

    /** Scores pictures as the run scored its test part. */
    Predictor predictor(int threads) {
        return new Predictor(
                card.depth(),
                card.classes().size(),
                false,
                card.imageSize(),
                card.flip(),
                card.normalization(),
                threads);
    }
}
