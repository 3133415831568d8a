package ai.softlabel.pipeline;

import ai.softlabel.Part;
import ai.softlabel.network.ModelState;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import ai.softlabel.train.Snapshot;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/** What the newest snapshot says of the pictures, kept until the next one is asked: the last epoch's is the run's. */
public final class EpochPredictions implements AutoCloseable {
    private final Session session;
    private final PreparedTraining prepared;
    private final FrozenFeatures frozen;
    private final Map<Part, JavaRDD<Prediction>> predictions = new EnumMap<>(Part.class);
    private int epoch = -1;
    private ModelState state;
    private Broadcast<ModelState> sent;

    public EpochPredictions(Session session, PreparedTraining prepared, FrozenFeatures frozen) {
        this.session = session;
        this.prepared = prepared;
        this.frozen = frozen;
    }

    /** Turns to a snapshot; what was said of an earlier one is forgotten. */
    public void turnTo(Snapshot snapshot) {
        if (snapshot.epochs() != epoch) {
            close();
            epoch = snapshot.epochs();
            state = snapshot.scored(prepared.recipe());
            sent = session.spark().broadcast(state);
        }
    }

    /** The state that is scored. */
    public ModelState state() {
        return state;
    }

    /** A part's predictions, computed when they are first asked for; null where the part has no pictures. */
    public JavaRDD<Prediction> of(Part part) {
        if (prepared.pictures().count(part) == 0) {
            return null;
        }
        return predictions.computeIfAbsent(part, p -> {
            JavaRDD<Prediction> found = prepared.recipe().frozen(epoch - 1)
                    ? prepared.predictor().predictFeatures(frozen.of(p), sent)
                    : prepared.predictor()
                            .predict(prepared.pictures().parts().get(p).examples(), sent);
            return found.setName(name(p) + " pictures, predictions").persist(StorageLevel.MEMORY_AND_DISK());
        });
    }

    /** A part's figures; none where it has no pictures. */
    public Evaluation scores(Part part) {
        JavaRDD<Prediction> found = of(part);
        if (found == null) {
            return Evaluation.none();
        }
        session.spark().sc().setJobDescription("score epoch " + epoch + " on the " + name(part) + " part");
        try {
            return Evaluation.of(found);
        } finally {
            session.spark().sc().setJobDescription(null);
        }
    }

    private static String name(Part part) {
        return part.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        predictions.values().forEach(JavaRDD::unpersist);
        predictions.clear();
        if (sent != null) {
            sent.destroy();
            sent = null;
        }
        epoch = -1;
    }
}
