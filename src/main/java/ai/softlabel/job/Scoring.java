package ai.softlabel.job;

import ai.softlabel.Part;
import ai.softlabel.model.ModelState;
import ai.softlabel.predict.Prediction;
import ai.softlabel.predict.Scores;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.train.Snapshot;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/** What the newest snapshot says of the pictures, kept until the next one is asked: the last epoch's is the run's. */
final class Scoring implements AutoCloseable {
    private final Session session;
    private final Preparation prepared;
    private final FrozenParts frozen;
    private final Map<Part, JavaRDD<Prediction>> predictions = new EnumMap<>(Part.class);
    private int epoch = -1;
    private ModelState state;
    private Broadcast<ModelState> sent;

    Scoring(Session session, Preparation prepared, FrozenParts frozen) {
        this.session = session;
        this.prepared = prepared;
        this.frozen = frozen;
    }

    /** Turns to a snapshot; what was said of an earlier one is forgotten. */
    void turnTo(Snapshot snapshot) {
        if (snapshot.epochs() != epoch) {
            close();
            epoch = snapshot.epochs();
            state = snapshot.scored(prepared.recipe());
            sent = session.spark().broadcast(state);
        }
    }

    /** The state that is scored. */
    ModelState state() {
        return state;
    }

    /** A part's predictions, computed when they are first asked for; null where the part has no pictures. */
    JavaRDD<Prediction> of(Part part) {
        if (prepared.pictures().count(part) == 0) {
            return null;
        }
        return predictions.computeIfAbsent(part, p -> {
            JavaRDD<Prediction> found = prepared.recipe().frozen(epoch - 1)
                    ? prepared.predictor().predictFeatures(frozen.of(p), sent)
                    : prepared.predictor()
                            .predict(prepared.pictures().parts().get(p).examples(), sent);
            return found.persist(StorageLevel.MEMORY_AND_DISK());
        });
    }

    /** What heads say of the training part that learnt without each of so many folds of it. */
    JavaRDD<Prediction> crossFitted(int folds, double stepTimeout) {
        return new CrossFitting(session, prepared, frozen).predictions(folds, stepTimeout);
    }

    /** The summaries of a part's partitions; none where it has no pictures. */
    List<Scores.Partition> partitions(Part part) {
        JavaRDD<Prediction> found = of(part);
        if (found == null) {
            return List.of();
        }
        session.spark()
                .sc()
                .setJobDescription(
                        "score epoch " + epoch + " on the " + part.name().toLowerCase(Locale.ROOT) + " part");
        try {
            return Scores.of(found);
        } finally {
            session.spark().sc().setJobDescription(null);
        }
    }

    @Override
    public void close() {
        predictions.values().forEach(r -> r.unpersist(true));
        predictions.clear();
        if (sent != null) {
            Broadcasts.destroy(sent);
            sent = null;
        }
        epoch = -1;
    }
}
