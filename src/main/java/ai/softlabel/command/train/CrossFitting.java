package ai.softlabel.command.train;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.network.ModelState;
import ai.softlabel.pipeline.FrozenFeatures;
import ai.softlabel.pipeline.Phases;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.Session;
import ai.softlabel.score.Features;
import ai.softlabel.score.Prediction;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.Trainer;
import ai.softlabel.train.TrainingSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;

/**
 * Cross-fitting: predicts every training picture by a head trained without that picture's fold. The head is trained
 * once for each fold, on cached features. Recalibration can then use the whole training part, and no picture is held
 * out.
 */
public final class CrossFitting {
    /** Bytes per class in a prediction, and bytes per partition of predictions: Spark warns about tasks above 1 MB. */
    private static final long BYTES = Float.BYTES + Double.BYTES;

    private static final long SLICE = 500_000;

    private final Session session;
    private final PreparedTraining prepared;
    private final FrozenFeatures frozen;

    public CrossFitting(Session session, PreparedTraining prepared, FrozenFeatures frozen) {
        this.session = session;
        this.prepared = prepared;
        this.frozen = frozen;
    }

    /**
     * Checks that the pictures outside each fold make at least one batch.
     *
     * @throws JobException of status 3 if they do not
     */
    public static void check(PreparedTraining prepared, int count) {
        Map<Integer, Long> sizes =
                prepared.split().folds(prepared.listing(), prepared.splitSeed(), count).values().stream()
                        .collect(Collectors.groupingBy(f -> f, Collectors.counting()));
        long largest = sizes.values().stream().mapToLong(n -> n).max().orElse(0);
        long left = prepared.pictures().count(Part.TRAIN) - largest;
        if (left < prepared.recipe().batchSize()) {
            throw JobException.input(
                    "expected a batch of %d training pictures outside each of %d folds, found %d; lower --batch-size or --folds, or give more pictures",
                    prepared.recipe().batchSize(), count, left);
        }
    }

    /**
     * The predictions, in as many partitions as the pictures have.
     *
     * @param count number of folds, at least 2
     */
    public JavaRDD<Prediction> predictions(int count) {
        // A HashMap, because Spark serialises it.
        Map<String, Integer> folds =
                new HashMap<>(prepared.split().folds(prepared.listing(), prepared.splitSeed(), count));
        JavaRDD<Features> all = frozen.of(Part.TRAIN);
        List<Prediction> out = new ArrayList<>();
        for (int fold = 0; fold < count; fold++) {
            int held = fold;
            JavaRDD<Features> own = all.filter(f -> folds.get(f.name()) == held);
            int size = (int) own.count();
            if (size > 0) {
                String label = "fold " + (fold + 1) + " of " + count;
                ModelState head = train(all.filter(f -> folds.get(f.name()) != held), size, label);
                out.addAll(predict(own, head, label));
            }
        }
        int slices = (int) ((long) out.size() * prepared.recipe().classes() * BYTES / SLICE) + 1;
        return session.spark()
                .parallelize(out, Math.max(slices, prepared.shards().partitions()));
    }

    private ModelState train(JavaRDD<Features> features, int without, String label) {
        Recipe recipe = prepared.recipe();
        TrainingSet set = new TrainingSet(
                null, () -> prepared.features(features), prepared.pictures().trained() - without);
        Trainer trainer = prepared.trainer(session, label);
        Snapshot now = Snapshot.start(prepared.initial(), recipe);
        while (now.epochs() < recipe.epochs()) {
            Snapshot before = now;
            now = session.phases()
                    .epoch("folds", () -> trainer.epoch(before, set))
                    .snapshot();
        }
        return now.scored(recipe);
    }

    private List<Prediction> predict(JavaRDD<Features> features, ModelState head, String label) {
        Broadcast<ModelState> sent = session.spark().broadcast(head);
        session.spark().sc().setJobDescription(label + ", score the fold left out");
        try (Phases.Phase phase = session.phases().begin("scoring")) {
            return prepared.predictor().predictFeatures(features, sent).collect();
        } finally {
            session.spark().sc().setJobDescription(null);
            Broadcasts.destroy(sent);
        }
    }
}
