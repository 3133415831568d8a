package ai.softlabel.job;

import ai.softlabel.Part;
import ai.softlabel.model.ModelState;
import ai.softlabel.predict.Features;
import ai.softlabel.predict.Views;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.train.Recipe;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * What the body that a run begins with makes of each part: computed once, and kept in Spark's storage while only the
 * head learns.
 */
final class FrozenParts implements AutoCloseable {
    private final Session session;
    private final Preparation prepared;
    private final Map<Part, JavaRDD<Features>> features = new EnumMap<>(Part.class);
    private Broadcast<ModelState> body;

    FrozenParts(Session session, Preparation prepared) {
        this.session = session;
        this.prepared = prepared;
    }

    /** A part's features, computed when this returns. */
    JavaRDD<Features> of(Part part) {
        return features.computeIfAbsent(part, p -> {
            if (body == null) {
                body = session.spark().broadcast(prepared.begin());
            }
            String name = p.name().toLowerCase(Locale.ROOT);
            session.spark().sc().setJobDescription("features of the " + name + " pictures");
            JavaRDD<Features> found = prepared.predictor()
                    .features(prepared.pictures().parts().get(p).examples(), body, views(p))
                    .setName(name + " pictures, features of a frozen body")
                    .persist(StorageLevel.MEMORY_AND_DISK());
            found.count();
            session.spark().sc().setJobDescription(null);
            return found;
        });
    }

    private Views views(Part part) {
        Recipe recipe = prepared.recipe();
        int learnt = part == Part.TRAIN ? recipe.augmentation().views() : 1;
        return new Views(learnt, recipe.augmentation().minScale(), recipe.seed()).andScored(prepared.testFlip());
    }

    @Override
    public void close() {
        features.values().forEach(r -> r.unpersist(true));
        features.clear();
        if (body != null) {
            Broadcasts.destroy(body);
            body = null;
        }
    }
}
