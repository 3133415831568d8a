package ai.softlabel.pipeline;

import ai.softlabel.Part;
import ai.softlabel.network.ModelState;
import ai.softlabel.score.Features;
import ai.softlabel.score.Predictor;
import ai.softlabel.score.Views;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.JobDescription;
import ai.softlabel.train.Recipe;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * The features of each part under the frozen body that a run starts with: computed once, and cached in Spark's storage
 * while only the head is trained.
 */
public final class FrozenFeatures implements AutoCloseable {
    private final Session session;
    private final PreparedTraining prepared;
    private final ConsoleProgress console;
    private final Map<Part, JavaRDD<Features>> features = new EnumMap<>(Part.class);
    private Broadcast<ModelState> body;

    /** @param console where progress is shown */
    public FrozenFeatures(Session session, PreparedTraining prepared, ConsoleProgress console) {
        this.console = console;
        this.session = session;
        this.prepared = prepared;
    }

    /** A part's features; they are computed before this returns. */
    public JavaRDD<Features> of(Part part) {
        return features.computeIfAbsent(part, p -> {
            if (body == null) {
                body = session.spark().broadcast(prepared.initial());
            }
            String name = p.name().toLowerCase(Locale.ROOT);
            JavaRDD<Features> found = prepared.predictor()
                    .features(prepared.pictures().parts().get(p).examples(), body, views(p))
                    .setName(name + " pictures, features of a frozen body")
                    .persist(StorageLevel.MEMORY_AND_DISK());
            try (JobDescription what = JobDescription.of(session.spark(), "features of the " + name + " pictures");
                    Phases.Phase phase = session.phases().begin("features");
                    TaskProgress progress = TaskProgress.ofPictures(
                            Predictor.PROGRESS,
                            found.getNumPartitions(),
                            console,
                            "features " + name,
                            prepared.pictures().count(p))) {
                found.count();
                session.phases().natives();
            }
            return found;
        });
    }

    private Views views(Part part) {
        Recipe recipe = prepared.recipe();
        int least = part == Part.TRAIN ? recipe.augmentation().views() : 1;
        return prepared.predictor().views().atLeast(least, recipe.augmentation().minScale(), recipe.seed());
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
