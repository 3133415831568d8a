package ai.softlabel.command.train;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.data.FoldCuts;
import ai.softlabel.network.ModelState;
import ai.softlabel.pipeline.FrozenFeatures;
import ai.softlabel.pipeline.Phases;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.Session;
import ai.softlabel.score.Features;
import ai.softlabel.score.Prediction;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.JobDescription;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.Trainer;
import ai.softlabel.train.TrainingSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * Cross-fitting: predicts every training picture by a head trained without that picture's fold. The head is trained
 * once for each fold, on cached features. Recalibration can then use the whole training part, and no picture is held
 * out. The predictions stay in Spark's storage until this is closed.
 */
public final class CrossFitting implements AutoCloseable {
    /** Bytes per class in a prediction, and bytes of them in a partition. */
    private static final long BYTES = Float.BYTES + Double.BYTES;

    private static final long PARTITION = 32L << 20;

    private final Session session;
    private final PreparedTraining prepared;
    private final FrozenFeatures frozen;
    private final List<JavaRDD<Prediction>> predicted = new ArrayList<>();
    // Predictions that are lost with an executor are computed again from these.
    private final List<Broadcast<?>> sent = new ArrayList<>();

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
        long[] sizes = prepared.split()
                .cuts(prepared.listing(), prepared.splitSeed(), count)
                .sizes();
        long largest = Arrays.stream(sizes).max().orElse(0);
        long left = prepared.pictures().count(Part.TRAIN) - largest;
        if (left < prepared.recipe().batchSize()) {
            throw JobException.input(
                    "expected a batch of %d training pictures outside each of %d folds, found %d; lower --batch-size or --folds, or give more pictures",
                    prepared.recipe().batchSize(), count, left);
        }
    }

    /**
     * The predictions, computed once; in any order.
     *
     * @param count number of folds, at least 2
     */
    public JavaRDD<Prediction> predictions(int count) {
        Broadcast<FoldCuts> cuts = sent(prepared.split().cuts(prepared.listing(), prepared.splitSeed(), count));
        JavaRDD<Features> all = frozen.of(Part.TRAIN);
        long pictures = 0;
        for (int fold = 0; fold < count; fold++) {
            int held = fold;
            JavaRDD<Features> own = all.filter(f -> cuts.value().fold(f) == held);
            int size = (int) own.count();
            if (size > 0) {
                String label = "fold " + (fold + 1) + " of " + count;
                predict(own, train(all.filter(f -> cuts.value().fold(f) != held), size, label), label);
                pictures += size;
            }
        }
        JavaRDD<Prediction> together = predicted.stream().reduce(JavaRDD::union).orElseThrow();
        long wanted = pictures * prepared.recipe().classes() * BYTES / PARTITION + 1;
        // Where pictures lie in blocks there are far more partitions than a pass over the predictions needs tasks.
        int partitions = (int) Math.max(wanted, prepared.shards().partitions());
        return together.getNumPartitions() > partitions ? together.coalesce(partitions) : together;
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

    private void predict(JavaRDD<Features> features, ModelState head, String label) {
        JavaRDD<Prediction> found = prepared.predictor()
                .predictFeatures(features, sent(head))
                .setName("predictions of " + label)
                .persist(StorageLevel.MEMORY_AND_DISK());
        predicted.add(found);
        try (JobDescription what = JobDescription.of(session.spark(), label + ", score the fold left out");
                Phases.Phase phase = session.phases().begin("scoring")) {
            found.count();
        }
    }

    private <T> Broadcast<T> sent(T value) {
        Broadcast<T> broadcast = session.spark().broadcast(value);
        sent.add(broadcast);
        return broadcast;
    }

    @Override
    public void close() {
        predicted.forEach(p -> p.unpersist(true));
        predicted.clear();
        sent.forEach(Broadcasts::destroy);
        sent.clear();
    }
}
