package ai.softlabel.command.train;

import ai.softlabel.Part;
import ai.softlabel.calibrate.Refinement;
import ai.softlabel.metrics.Ranking;
import ai.softlabel.metrics.Summary;
import ai.softlabel.pipeline.EpochPredictions;
import ai.softlabel.run.Json;
import ai.softlabel.run.MetricsSection;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Trainer;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An epoch's line of {@code epochs.jsonl}. */
final class EpochLine {
    private EpochLine() {}

    /** Training pictures a second. */
    static double rate(Trainer.Epoch epoch, Recipe recipe) {
        return (double) epoch.steps()
                / recipe.passes(epoch.snapshot().epochs() - 1)
                * recipe.batchSize()
                / epoch.seconds();
    }

    /**
     * The line.
     *
     * @param loadSeconds that the training pictures took to load
     * @param test figures of the test part
     * @param scoring turned to this epoch
     * @param choice what the epoch is chosen by, or null
     */
    static ObjectNode of(
            Trainer.Epoch epoch,
            Recipe recipe,
            double loadSeconds,
            Summary test,
            EpochPredictions scoring,
            EpochChoice choice) {
        int done = epoch.snapshot().epochs();
        Summary validation = scoring.scores(Part.VALIDATION).total();
        ObjectNode line = Json.object()
                .put("epoch", done)
                .put("steps", epoch.steps())
                .put("loss", epoch.loss())
                .put("learning_rate", epoch.rate())
                .put("head_only", recipe.frozen(done - 1))
                .put("seconds", epoch.seconds())
                .put("elapsed", loadSeconds + epoch.snapshot().seconds())
                .put("images_per_second", rate(epoch, recipe))
                .put("bytes_sent", epoch.bytesSent());
        ObjectNode tested = MetricsSection.brief(test);
        if (test.count() > 0) {
            Json.put(tested, "aurc", Ranking.of(test).aurc());
        }
        line.set("test", tested);
        if (validation.count() > 0) {
            line.set("validation", validated(validation, scoring, choice));
        }
        return line;
    }

    private static ObjectNode validated(Summary validation, EpochPredictions scoring, EpochChoice choice) {
        ObjectNode n = MetricsSection.brief(validation);
        if (choice == EpochChoice.NLL_AFTER_TEMPERATURE) {
            Refinement refined = scoring.refinement(Part.VALIDATION);
            Json.put(n, "temperature", refined.temperature());
            Json.put(n, "nll_after_temperature", refined.nll());
        }
        return n;
    }
}
