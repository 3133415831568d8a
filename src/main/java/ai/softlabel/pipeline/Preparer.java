package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Ranked;
import ai.softlabel.Rejection;
import ai.softlabel.Sha256;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Folding;
import ai.softlabel.network.Initialization;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.Safetensors;
import ai.softlabel.network.Weights;
import ai.softlabel.spark.Cluster;
import ai.softlabel.train.Balance;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Room;
import ai.softlabel.train.Spread;
import ai.softlabel.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prepares a training: lists and splits the data, loads the pictures, reads the weights.
 *
 * @param console where to print, or null for no output
 */
record Preparer(TrainingSetup setup, Session session, ConsoleProgress console) {
    private static final int FEW = 100;

    /**
     * The initial weights.
     *
     * @param weights a hash of the pretrained weights, or "none"
     */
    record Start(ModelState state, String weights) {}

    /** @param given the pictures, or null to list those of the setup */
    PreparedTraining prepare(Listing given, Directory out) throws IOException {
        Listing listing = given != null ? given : Listed.of(setup.data(), setup.labels(), session, console);
        TrainingSetup configured = PretrainedConfig.apply(setup, session.spark().hadoopConfiguration(), console);
        return new Preparer(configured, session, console).prepared(listing, out);
    }

    private PreparedTraining prepared(Listing listing, Directory out) throws IOException {
        int classes = listing.classes().size();
        if (classes < 2) {
            throw JobException.input(
                    "expected at least two classes in %s, found %s; add pictures of others",
                    setup.data(), classes == 0 ? "none" : listing.classes().get(0));
        }
        Split split = Split.of(setup.way(), setup.split(), setup.validation(), listing);
        Model model = Model.of(hyperparameters().architecture(), classes);
        Start start;
        try (Phases.Phase phase = session.phases().begin("weights")) {
            start = start(model);
        }
        Shards shards = Trainer.shards(setup.replicas(session.cluster().slots()), session.cluster());
        Recipe recipe = new Recipe(hyperparameters(), classes, shards.replicas());
        List<Rejection> rejected = new ArrayList<>(listing.rejected());
        Map<Part, List<Entry>> entries = split.assign(listing, hyperparameters().seed(), rejected);
        console.print(
                "%s: %d classes, %d training, %d validation and %d test pictures",
                setup.data() == null ? "the built-in sample" : setup.data(),
                classes,
                entries.get(Part.TRAIN).size(),
                entries.get(Part.VALIDATION).size(),
                entries.get(Part.TEST).size());
        LoadedPictures pictures = LoadedPictures.load(
                session,
                listing,
                entries,
                rejected,
                hyperparameters().preparations(),
                shards,
                setup.maxRejected(),
                out,
                setup.storing(),
                console);
        if (!pictures.rejected().isEmpty()) {
            console.print(
                    "%d pictures are not used, see %s", pictures.rejected().size(), out.path("rejected.jsonl"));
        }
        if (pictures.trained() < recipe.batchSize()) {
            throw JobException.input(
                    "expected at least one batch of %d training pictures, found %d; lower --batch-size or give more pictures",
                    recipe.batchSize(), pictures.trained());
        }
        requireSteps(pictures.trained());
        requireFilled(pictures, shards);
        recipe = balanced(recipe, listing, pictures);
        Spread spread = new Spread(
                session.spark(),
                shards,
                session.cluster(),
                setup.stepTimeout(),
                setup.waitForExecutors(),
                room(pictures, shards.replicas()));
        return new PreparedTraining(
                setup,
                listing,
                split,
                recipe.seed(),
                recipe,
                model,
                start.state(),
                shards,
                spread,
                pictures,
                session.cluster().threads(shards.partitions()),
                start.weights());
    }

    /** Windows lie in the executors' heaps; without this check a run would end in the middle of its first epoch. */
    private Room room(LoadedPictures pictures, int replicas) {
        Cluster cluster = session.cluster();
        int each = (replicas + cluster.executors() - 1) / cluster.executors();
        long heap = session.spark().sc().isLocal()
                ? Runtime.getRuntime().maxMemory()
                : session.spark().getConf().getSizeAsBytes("spark.executor.memory", "1g");
        Room room = new Room(heap);
        boolean blocks = pictures.parts().get(Part.TRAIN).blocking() != null;
        if (blocks && !room.holds(each, setup.storing().windowBytes())) {
            throw JobException.options(
                    "expected --store with at most %d MB for each of %d replicas in an executor's heap of %d MB, found %d; lower it, or give executors more memory",
                    room.most(each), each, heap >> 20, setup.storing().windowMegabytes());
        }
        return room;
    }

    private Recipe balanced(Recipe recipe, Listing listing, LoadedPictures pictures) throws IOException {
        Map<Integer, Long> counts = setup.balancing().equals(Balancing.NONE)
                ? Map.of()
                : pictures.parts().get(Part.TRAIN).stored().map(Ranked::label).countByValue();
        Balance balance = setup.balancing().of(listing, counts, session.spark().hadoopConfiguration());
        return new Recipe(recipe.hyperparameters(), recipe.classes(), recipe.replicas(), balance);
    }

    /** The number of steps in a phase must fit in an int. */
    private void requireSteps(int pictures) {
        Hyperparameters h = hyperparameters();
        long perPass = pictures / h.batchSize();
        double most = Math.max((double) perPass * h.frozenEpochs() * h.headPasses(), (double) perPass * h.epochs());
        if (most > Integer.MAX_VALUE) {
            throw JobException.options(
                    "expected at most %d steps, found %.0f; lower --epochs or --head-passes", Integer.MAX_VALUE, most);
        }
    }

    /** Every replica needs at least one picture; only a very small data set can fail this check. */
    private static void requireFilled(LoadedPictures pictures, Shards shards) {
        int replicas = shards.replicas();
        if (pictures.count(Part.TRAIN) > FEW * replicas) {
            return;
        }
        int filled = pictures.parts()
                .get(Part.TRAIN)
                .stored()
                .map(e -> shards.replica(e.rank()))
                .distinct()
                .collect()
                .size();
        if (filled < replicas) {
            throw JobException.input(
                    "expected pictures for each of %d replicas, found pictures for only %d; lower --replicas or give more pictures",
                    replicas, filled);
        }
    }

    private Hyperparameters hyperparameters() {
        return setup.hyperparameters();
    }

    Start start(Model model) throws IOException {
        ModelState fresh = Initialization.fresh(model, hyperparameters().seed());
        if (setup.weights() == null) {
            return new Start(fresh, "none");
        }
        Directory folder =
                Directory.of("weights", setup.weights(), session.spark().hadoopConfiguration());
        if (!folder.has("")) {
            throw JobException.input(
                    "expected a safetensors file at --weights %s, found nothing; check the path", setup.weights());
        }
        byte[] file;
        try {
            file = folder.read("");
        } catch (IOException e) {
            throw JobException.input(
                    "expected a safetensors file at --weights %s, found an unreadable one (%s); give another file",
                    setup.weights(), e.getMessage());
        }
        Weights.Loaded loaded = Weights.load(model, Safetensors.read(setup.weights(), file), setup.weights(), fresh);
        if (!loaded.prefix().isEmpty() && console != null) {
            console.print("%s: leaving the prefix %s out of the tensors' names", setup.weights(), loaded.prefix());
        }
        if (loaded.headReplaced() && console != null) {
            console.print(
                    "%s: replacing the head for %d classes by a new one for %d",
                    setup.weights(), loaded.fileClasses(), model.classes());
        }
        return new Start(
                hyperparameters().frozenNorm() ? Folding.fold(model, loaded.state()) : loaded.state(), Sha256.of(file));
    }
}
