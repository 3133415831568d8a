package ai.softlabel.command.evaluate;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.data.Preparations;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.data.Storing;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.LoadedPictures;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TaskProgress;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.ModelCard;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Predictor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * Labelled pictures that a run's model has scored, in the way in which the run scored its test part.
 *
 * @param listing all pictures of the data
 * @param own whether the pictures are the run's own test part
 * @param unknown pictures of classes that the model does not have
 * @param pictures the loaded ones
 * @param predictor what scored them, with {@code state}
 * @param predictions in Spark's storage; computed when this is made
 */
public record ScoredPictures(
        Listing listing,
        boolean own,
        List<Entry> unknown,
        LoadedPictures pictures,
        Shards shards,
        Predictor predictor,
        Broadcast<ModelState> state,
        JavaRDD<Prediction> predictions) {
    /** Which pictures are scored, and which of them the model has no class for. */
    private record Chosen(boolean own, List<Entry> known, List<Entry> unknown) {}

    /**
     * Scores the run's own test part if this is the run's data; otherwise the data's test list, or everything if it has
     * none. Rejected pictures are listed in {@code out}.
     *
     * @param data a path, or null for the built-in sample
     * @param withheld whether pictures of other classes than the model's are set aside instead of being an error
     */
    public static ScoredPictures of(
            Session session,
            ConsoleProgress console,
            TrainedModel trained,
            String data,
            LabelSource labels,
            double maxRejected,
            Directory out,
            boolean withheld)
            throws IOException {
        ModelCard card = trained.card();
        LabelSource source = card.several() ? labels.separated(card.separator()) : labels;
        Listing listing = Listed.of(data, source, session, console);
        List<Rejection> rejected = new ArrayList<>(listing.rejected());
        Chosen chosen = chosen(card, listing, rejected, withheld);
        console.print(
                "%s: %d pictures to score",
                data == null ? "the built-in sample" : data, chosen.known().size());
        Shards shards = new Shards(session.cluster().slots(), session.cluster().slots());
        LoadedPictures pictures = LoadedPictures.load(
                session,
                listing,
                Map.of(Part.TEST, chosen.known()),
                rejected,
                Preparations.of(card.preparation()),
                shards,
                maxRejected,
                out,
                Storing.standard(),
                console);
        Predictor predictor = trained.predictor(session.cluster().threads(shards.partitions()));
        Broadcast<ModelState> state = session.spark().broadcast(trained.state());
        JavaRDD<Prediction> predictions = predictor
                .predict(pictures.parts().get(Part.TEST).examples(), state)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try (TaskProgress progress = TaskProgress.ofPictures(
                Predictor.PROGRESS, shards.partitions(), console, "score", pictures.count(Part.TEST))) {
            predictions.count();
        }
        return new ScoredPictures(
                listing, chosen.own(), chosen.unknown(), pictures, shards, predictor, state, predictions);
    }

    private static Chosen chosen(ModelCard card, Listing listing, List<Rejection> rejected, boolean withheld) {
        boolean hasTest = listing.entries().stream().anyMatch(e -> e.official() == Official.TEST);
        Double share = Split.share(card.split());
        if (share != null && share > 0 && LoadedPictures.hash(listing).equals(card.listing())) {
            List<Entry> test = new Split(Split.way(card.split()), share, HeldOut.NONE)
                    .assign(listing, card.seed(), rejected)
                    .get(Part.TEST);
            return relabelled(true, test, listing, card, withheld);
        }
        Comparator<Entry> byName = Comparator.comparing(Entry::name);
        List<Entry> some = listing.entries().stream()
                .filter(e -> !hasTest || e.official() == Official.TEST)
                .sorted(byName)
                .toList();
        boolean own = hasTest && LoadedPictures.hash(listing).equals(card.listing());
        return relabelled(own, some, listing, card, withheld);
    }

    /** Maps the pictures' labels to the run's labels by class name. */
    private static Chosen relabelled(
            boolean own, List<Entry> entries, Listing listing, ModelCard card, boolean withheld) {
        Map<String, Integer> labels = new HashMap<>();
        card.classes().forEach(c -> labels.put(c, labels.size()));
        List<Entry> known = new ArrayList<>();
        List<Entry> unknown = new ArrayList<>();
        for (Entry e : entries) {
            if (e.labels() != null) {
                known.add(severalOf(e, listing, card, labels));
                continue;
            }
            String name = listing.classes().get(e.label());
            Integer label = labels.get(name);
            if (label != null) {
                known.add(e.labelled(label));
            } else if (withheld) {
                unknown.add(e.labelled(0));
            } else {
                throw JobException.input(
                        "expected pictures of the run's %d classes, found %s of class %s; remove that class, or give data with the model's classes",
                        card.classes().size(), e.name(), name);
            }
        }
        return new Chosen(own, known, unknown);
    }

    private static Entry severalOf(Entry e, Listing listing, ModelCard card, Map<String, Integer> labels) {
        List<Integer> own = new ArrayList<>();
        for (int number : e.labels()) {
            String name = listing.classes().get(number);
            if (!labels.containsKey(name)) {
                throw JobException.input(
                        "expected pictures of the run's %d labels, found %s of label %s; remove that label, or give data with the model's labels",
                        card.classes().size(), e.name(), name);
            }
            own.add(labels.get(name));
        }
        return e.labelled(own.stream().sorted().toList());
    }
}
