package ai.softlabel.pipeline;

import ai.softlabel.Part;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.Refinement;
import ai.softlabel.network.ModelState;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Predictor;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.JobDescription;
import ai.softlabel.train.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * The newest snapshot's predictions, cached until the next snapshot. Those of the last epoch are the run's predictions.
 */
public final class EpochPredictions implements AutoCloseable {
    private final Session session;
    private final PreparedTraining prepared;
    private final ConsoleProgress console;
    private final FrozenFeatures frozen;
    private final Map<Part, JavaRDD<Prediction>> predictions = new EnumMap<>(Part.class);
    private int epoch = -1;
    private ModelState state;
    private Broadcast<ModelState> sent;

    /** @param console where progress is shown */
    public EpochPredictions(
            Session session, PreparedTraining prepared, FrozenFeatures frozen, ConsoleProgress console) {
        this.console = console;
        this.session = session;
        this.prepared = prepared;
        this.frozen = frozen;
    }

    /** Switches to a snapshot and drops the predictions of the previous one. */
    public void turnTo(Snapshot snapshot) {
        if (snapshot.epochs() != epoch) {
            close();
            epoch = snapshot.epochs();
            try (Phases.Phase phase = session.phases().begin("scoring")) {
                state = snapshot.scored(prepared.recipe());
                sent = session.spark().broadcast(state);
            }
        }
    }

    /** The state that is scored. */
    public ModelState state() {
        return state;
    }

    /** A part's predictions, computed lazily; null if the part has no pictures. */
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

    /** A part's figures; empty if it has no pictures. */
    public Evaluation scores(Part part) {
        JavaRDD<Prediction> found = of(part);
        if (found == null) {
            return Evaluation.none();
        }
        try (JobDescription what = described("score epoch ", part);
                Phases.Phase phase = session.phases().begin("scoring");
                TaskProgress progress = TaskProgress.ofPictures(
                        Predictor.PROGRESS,
                        found.getNumPartitions(),
                        console,
                        "score " + name(part),
                        prepared.pictures().count(part))) {
            Evaluation scores = Evaluation.of(found, prepared.setup().labels().several());
            // The first to compute in a run that was resumed after its last epoch.
            session.phases().natives();
            return scores;
        }
    }

    /** A part's NLL after its best temperature; null if it has no pictures. Of several labels that of the decisions. */
    public Refinement refinement(Part part) {
        JavaRDD<Prediction> found = of(part);
        if (found == null) {
            return null;
        }
        boolean several = prepared.setup().labels().several();
        try (JobDescription what = described("temperature of epoch ", part);
                Phases.Phase phase = session.phases().begin("scoring")) {
            return Refinement.of(found.flatMap(p -> labelled(p, several).iterator()));
        }
    }

    private JobDescription described(String what, Part part) {
        return JobDescription.of(session.spark(), what + epoch + " on the " + name(part) + " part");
    }

    private static List<Labelled> labelled(Prediction p, boolean several) {
        if (!several) {
            return List.of(SelectiveSection.labelled(p));
        }
        List<Labelled> decisions = new ArrayList<>();
        for (int c = 0; c < p.logits().length; c++) {
            int yes = Arrays.binarySearch(p.labels(), c) >= 0 ? 1 : 0;
            decisions.add(new Labelled(p.path(), new float[] {0, p.logits()[c]}, yes));
        }
        return decisions;
    }

    private static String name(Part part) {
        return part.name().toLowerCase(Locale.ROOT);
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
