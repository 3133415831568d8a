package ai.softlabel.command.study;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Loader;
import ai.softlabel.data.Shards;
import ai.softlabel.metrics.NearestMean;
import ai.softlabel.network.ModelState;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.score.Features;
import ai.softlabel.score.Predictor;
import ai.softlabel.spark.Broadcasts;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * What a run's features are worth elsewhere: the error of {@link NearestMean} on labelled pictures that no run was
 * trained on. Half of them, by a hash of their names, make the means; the others are classified.
 */
final class Transfer {
    /** Of more pictures so many, by a hash of their names. */
    private static final int MOST = 4000;

    private final Session session;
    private final ConsoleProgress console;
    private final Listing listing;
    private final String path;
    private Loader.Loaded pictures;
    /** Of the last run that was scored: where only heads are trained, the next one has the same body. */
    private float[] body = {};

    private float[] statistics = {};
    private List<Tried> tried = List.of();

    /**
     * A picture that was classified.
     *
     * @param label from 0
     * @param predicted the class of the nearest mean
     */
    record Tried(String name, int label, int predicted) implements Serializable {
        boolean correct() {
            return label == predicted;
        }
    }

    /** Lists the pictures; they are decoded with the first run. */
    Transfer(String path, Session session, ConsoleProgress console) {
        this.path = path;
        this.session = session;
        this.console = console;
        this.listing = Listed.of(path, LabelSource.LAYOUT, session, console);
        long known =
                listing.entries().stream().filter(e -> makesMeans(e.name())).count();
        long others = listing.entries().size() - known;
        requireHalves(known, others);
        if (listing.entries().stream().anyMatch(e -> e.labels() != null)) {
            throw JobException.input(
                    "expected pictures of one label at --transfer %s, found several; give a folder for each class",
                    path);
        }
    }

    /** The names of the classes, by label. */
    List<String> classes() {
        return listing.classes();
    }

    /** The classified pictures by name, from the features of a run's body. */
    List<Tried> of(TrainedModel trained) {
        ModelState state = trained.state();
        float[] own = Arrays.copyOf(state.weights(), trained.model().headOffset());
        if (Arrays.equals(own, body) && Arrays.equals(state.statistics(), statistics)) {
            return tried;
        }
        body = own;
        statistics = state.statistics();
        List<Features> all = features(trained);
        List<Features> known = all.stream().filter(f -> makesMeans(f.name())).toList();
        List<Features> others = all.stream().filter(f -> !makesMeans(f.name())).toList();
        requireHalves(known.size(), others.size());
        NearestMean means = new NearestMean(
                known.stream().map(f -> f.views()[0]).toList(),
                known.stream().mapToInt(Transfer::label).toArray());
        tried = others.stream()
                .map(f -> new Tried(f.name(), label(f), means.of(f.views()[0])))
                .toList();
        return tried;
    }

    /** The pictures that are listed, and later those that could be decoded. */
    private void requireHalves(long known, long others) {
        if (classes().size() < 2 || known == 0 || others == 0) {
            throw JobException.input(
                    "expected pictures of at least 2 classes at --transfer %s, a half to learn from and a half to classify, found %d classes, %d and %d pictures; give more",
                    path, classes().size(), known, others);
        }
    }

    private static int label(Features f) {
        return f.annotation().label();
    }

    private static boolean makesMeans(String name) {
        return Math.floorMod(Seeds.key(0, "transfer", name), 2) == 0;
    }

    private List<Features> features(TrainedModel trained) {
        int threads = session.cluster().threads(session.cluster().slots());
        Predictor predictor = trained.predictor(threads);
        if (pictures == null) {
            List<Entry> some = listing.entries().stream()
                    .sorted(Comparator.comparingLong((Entry e) -> Seeds.key(0, "transfer pictures", e.name()))
                            .thenComparing(Entry::name))
                    .limit(MOST)
                    .toList();
            console.print(
                    "transfer: %d pictures of %d classes at %s",
                    some.size(), classes().size(), path);
            pictures = new Loader(
                            session.spark(), listing.source(), trained.card().preparation())
                    .load(
                            Part.TEST,
                            some,
                            new Shards(
                                    session.cluster().slots(), session.cluster().slots()));
            List<Rejection> rejected = pictures.rejected();
            if (!rejected.isEmpty()) {
                console.print(
                        "transfer: %d pictures are not used, the first is %s: %s",
                        rejected.size(), rejected.get(0).path(), rejected.get(0).reason());
            }
        }
        Broadcast<ModelState> state = session.spark().broadcast(trained.state());
        try {
            return predictor.features(pictures.examples(), state, predictor.views()).collect().stream()
                    .sorted(Comparator.comparing(Features::name))
                    .toList();
        } finally {
            Broadcasts.destroy(state);
        }
    }
}
