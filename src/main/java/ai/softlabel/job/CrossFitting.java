package ai.softlabel.job;

import ai.softlabel.Part;
import ai.softlabel.model.ModelState;
import ai.softlabel.predict.Features;
import ai.softlabel.predict.Prediction;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.Trainer;
import ai.softlabel.train.TrainingSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;

/**
 * Says of every training picture what a head says that learnt without its fold: the recipe, trained anew without each
 * fold in turn, on the features that are there already. So the whole training part can be recalibrated on, and nothing
 * of it need be held out.
 */
final class CrossFitting {
    /**
     * What a class takes in a prediction, and what a slice of predictions may: Spark warns of a task beyond a megabyte.
     */
    private static final long BYTES = Float.BYTES + Double.BYTES;

    private static final long SLICE = 500_000;

    private final Session session;
    private final Preparation prepared;
    private final FrozenParts frozen;

    CrossFitting(Session session, Preparation prepared, FrozenParts frozen) {
        this.session = session;
        this.prepared = prepared;
        this.frozen = frozen;
    }

    /**
     * The predictions, in as many partitions as the pictures have.
     *
     * @param count number of folds, at least 2
     */
    JavaRDD<Prediction> predictions(int count, double stepTimeout) {
        // A hash map, for Spark sends it.
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
                ModelState head = train(all.filter(f -> folds.get(f.name()) != held), size, label, stepTimeout);
                out.addAll(predict(own, head, label));
            }
        }
        int slices = (int) ((long) out.size() * prepared.recipe().classes() * BYTES / SLICE) + 1;
        return session.spark()
                .parallelize(out, Math.max(slices, prepared.shards().partitions()));
    }

    private ModelState train(JavaRDD<Features> features, int without, String label, double stepTimeout) {
        Recipe recipe = prepared.recipe();
        TrainingSet set =
                new TrainingSet(null, () -> features, prepared.pictures().count(Part.TRAIN) - without);
        Trainer trainer =
                new Trainer(session.spark(), recipe, prepared.shards(), session.cluster(), stepTimeout, label);
        Snapshot now = Snapshot.begin(prepared.begin(), recipe);
        while (now.epochs() < recipe.epochs()) {
            now = trainer.epoch(now, set).snapshot();
        }
        return now.scored(recipe);
    }

    private List<Prediction> predict(JavaRDD<Features> features, ModelState head, String label) {
        Broadcast<ModelState> sent = session.spark().broadcast(head);
        session.spark().sc().setJobDescription(label + ", score what it left out");
        try {
            return prepared.predictor().predictFeatures(features, sent).collect();
        } finally {
            session.spark().sc().setJobDescription(null);
            Broadcasts.destroy(sent);
        }
    }
}
