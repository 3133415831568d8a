package ai.softlabel.pipeline;

import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.loss.Losses;
import ai.softlabel.metrics.Summary;
import ai.softlabel.run.Json;
import ai.softlabel.run.MetricsSection;
import ai.softlabel.score.Evaluation;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Trainer;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** The content of the events that report a training. */
public final class TrainingEvents {
    private static final int REJECTIONS = 20;

    private TrainingEvents() {}

    /** The event at the start of a training. */
    public static ObjectNode run(String out, PreparedTraining prepared) {
        Recipe recipe = prepared.recipe();
        LoadedPictures pictures = prepared.pictures();
        ObjectNode n = Json.object()
                .put(
                        "title",
                        String.format(
                                Locale.ROOT,
                                "%s at %d, %s, %s, seed %d",
                                recipe.architecture(),
                                recipe.imageSize(),
                                ReportSections.data(prepared.setup().data()),
                                Losses.text(recipe.loss()),
                                recipe.seed()))
                .put("out", out)
                .put("epochs", recipe.epochs())
                .put("batch_size", recipe.batchSize())
                .put("replicas", recipe.replicas())
                .put("train", pictures.count(Part.TRAIN))
                .put("validation", pictures.count(Part.VALIDATION))
                .put("test", pictures.count(Part.TEST))
                .put("rejected", pictures.rejected().size());
        ArrayNode first = n.putArray("rejections");
        for (Rejection r : pictures.rejected().stream().limit(REJECTIONS).toList()) {
            first.addObject().put("path", r.path()).put("reason", r.reason());
        }
        return n;
    }

    /** The event at the end of an epoch: its line of {@code epochs.jsonl} and further figures. */
    public static ObjectNode epoch(
            ObjectNode line, Summary test, List<Evaluation.Partition> partitions, List<Trainer.Executor> executors) {
        ObjectNode n = line.deepCopy();
        if (test.count() > 0) {
            MetricsSection.bins(n, test);
        }
        ArrayNode rows = n.putArray("partitions");
        for (Evaluation.Partition p : partitions) {
            rows.addObject().put("id", p.id()).put("host", p.host()).setAll(MetricsSection.brief(p.summary()));
        }
        ArrayNode of = n.putArray("executors");
        for (Trainer.Executor e : executors) {
            of.addObject()
                    .put("id", e.id())
                    .put("host", e.host())
                    .put("images_per_second", e.imagesPerSecond())
                    .put("step", e.times().total())
                    .put("data", e.times().data())
                    .put("compute", e.times().compute())
                    .put("exchange", e.times().exchange())
                    .put("wait", e.times().waiting());
        }
        return n;
    }
}
