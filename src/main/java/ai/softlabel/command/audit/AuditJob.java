package ai.softlabel.command.audit;

import ai.softlabel.Example;
import ai.softlabel.ExitStatus;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.command.train.CrossFitting;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.data.Split;
import ai.softlabel.data.Thumbnail;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.FrozenFeatures;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import ai.softlabel.score.Features;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import scala.Tuple2;

/**
 * {@code audit}: finds likely wrong labels, copies, leaks and poor pictures, in all parts. The features of every
 * picture are computed once; every picture's class is predicted by a head that was trained without its fold.
 */
public final class AuditJob {
    /** Thumbnails on the page: more would make a page that no browser likes. */
    private static final int MOST_THUMBNAILS = 3000;

    private final AuditSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;

    public AuditJob(AuditSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the job. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        ReportSections.requireFree(out, "audit", settings.replace());
        CommandFailure.guard("audit", out, this::audit);
    }

    private void audit() throws IOException {
        TrainingSetup setup = setup();
        Listing listing = Listed.of(setup.data(), setup.labels(), session, console);
        Split split = Split.of(setup.way(), setup.split(), setup.validation(), listing);
        Map<String, Part> parts = new HashMap<>();
        List<Rejection> rejected = new ArrayList<>(listing.rejected());
        split.assign(listing, setup.hyperparameters().seed(), rejected)
                .forEach((part, of) -> of.forEach(e -> parts.put(e.name(), part)));
        // Every picture of any part is learnt from, and predicted without its fold.
        List<Entry> used = listing.entries().stream()
                .filter(e -> parts.containsKey(e.name()))
                .map(e -> new Entry(e.name(), e.label(), Official.TRAIN, e.weight(), e.group(), e.labels()))
                .toList();
        Listing all = new Listing(listing.classes(), used, rejected, listing.source(), listing.species());
        TrainingSetup whole = setup.toBuilder()
                .split(0.0)
                .validation(HeldOut.NONE)
                .testFlip(true)
                .build();
        PreparedTraining prepared =
                PreparedTraining.of(whole, all, session, console, out).withFreshHead();
        Findings findings = findings(prepared, all, parts);
        write(findings, split, prepared);
    }

    /** With the body of {@code --model}, where there is one. */
    private TrainingSetup setup() {
        if (settings.model() == null) {
            return settings.setup();
        }
        Directory run = Directory.of("model", settings.model(), session.spark().hadoopConfiguration());
        ModelCard card = ModelCard.read(run);
        return settings.setup().toBuilder()
                .weights(run.path(ModelCard.WEIGHTS))
                .hyperparameters(settings.setup().hyperparameters().toBuilder()
                        .architecture(card.architecture())
                        .imageSize(card.imageSize())
                        .testSizes(card.sizes())
                        .decoding(card.decoding())
                        .normalization(card.normalization())
                        .build())
                .build();
    }

    private Findings findings(PreparedTraining prepared, Listing listing, Map<String, Part> parts) {
        CrossFitting.check(prepared, settings.folds());
        try (FrozenFeatures frozen = new FrozenFeatures(session, prepared, console)) {
            console.print("computing the features of the pictures");
            int views = prepared.predictor().views().count();
            List<Features> features = new ArrayList<>(frozen.of(Part.TRAIN)
                    .map(f -> new Features(f.name(), f.annotation(), f.rank(), new float[][] {mean(f.views(), views)}))
                    .collect());
            features.sort(Comparator.comparing(Features::name));
            console.print("training heads on %d folds", settings.folds());
            Map<String, Prediction> predictions = new HashMap<>();
            try (CrossFitting folds = new CrossFitting(session, prepared, frozen)) {
                folds.predictions(settings.folds()).collect().forEach(p -> predictions.put(p.path(), p));
            }
            console.print("looking for copies");
            Map<String, Look> looks = new HashMap<>();
            prepared.pictures()
                    .parts()
                    .get(Part.TRAIN)
                    .examples()
                    .map(Look::of)
                    .collect()
                    .forEach(l -> looks.put(l.name(), l));
            Map<String, Entry> entries = new HashMap<>();
            listing.entries().forEach(e -> entries.put(e.name(), e));
            List<Look> ofPictures =
                    features.stream().map(f -> looks.get(f.name())).toList();
            Map<String, String> hashes =
                    prepared.pictures().parts().get(Part.TRAIN).digests().byName();
            List<Copies.Pair> pairs = Copies.of(
                    ofPictures,
                    features.stream().map(f -> hashes.get(f.name())).toList(),
                    features.stream().map(f -> f.views()[0]).toArray(float[][]::new));
            return Findings.of(
                    names(listing),
                    features.stream().map(f -> entries.get(f.name())).toList(),
                    parts,
                    features.stream().map(f -> predictions.get(f.name())).toList(),
                    ofPictures,
                    pairs);
        }
    }

    private LabelNames names(Listing listing) {
        return new LabelNames(listing.classes(), settings.setup().labels().separator());
    }

    /** Of the centre crops and their mirror images: the same for a picture and its mirror image. */
    private static float[] mean(float[][] views, int count) {
        float[] mean = views[0].clone();
        for (int v = 1; v < count; v++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += views[v][i];
            }
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= count;
        }
        return mean;
    }

    private void write(Findings findings, Split split, PreparedTraining prepared) throws IOException {
        Set<String> shown = new HashSet<>();
        for (Issue issue : findings.issues()) {
            if (shown.size() < MOST_THUMBNAILS) {
                shown.add(issue.path());
                shown.add(issue.other());
            }
        }
        Map<String, byte[]> thumbnails = new HashMap<>(prepared.pictures()
                .parts()
                .get(Part.TRAIN)
                .examples()
                .filter(e -> shown.contains(e.name()))
                .mapToPair((Example e) -> new Tuple2<>(e.name(), Thumbnail.jpeg(e.pixels())))
                .collectAsMap());
        AuditFiles files = new AuditFiles(findings, names(prepared.listing()), out);
        files.issues();
        files.labels();
        files.page(thumbnails);
        ObjectNode report = ReportSections.start("audit", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(prepared.setup().data()))
                .put("split", split.text())
                .put("train", findings.count(Part.TRAIN) + findings.count(Part.VALIDATION))
                .put("validation", findings.count(Part.VALIDATION))
                .put("test", findings.count(Part.TEST))
                .put("classes", prepared.listing().classes().size())
                .put("rejected", prepared.pictures().rejected().size())
                .put("fingerprint", prepared.pictures().fingerprint());
        Map<Issue.Kind, Long> counts = new TreeMap<>();
        findings.issues().forEach(i -> counts.merge(i.kind(), 1L, Long::sum));
        ObjectNode issues = report.putObject("issues");
        for (Issue.Kind kind : Issue.Kind.values()) {
            issues.put(kind.toString(), counts.getOrDefault(kind, 0L));
        }
        report.put("folds", settings.folds());
        Json.put(report, "test_error", findings.testError(false));
        Json.put(report, "test_error_without_leaks", findings.testError(true));
        out.writeText(ReportSections.FILE, Json.pretty(report));
        counts.forEach((kind, n) -> console.print("%-15s %6d", kind, n));
        console.print(String.format(
                Locale.ROOT,
                "cross-fitted error on the test part %.4f, without leaked pictures %.4f",
                findings.testError(false),
                findings.testError(true)));
        String separator = settings.setup().labels().separator();
        console.print(
                "open %s, then train with --labels%s",
                out.path("report.html"), separator == null ? "" : " and --label-separator '" + separator + "'");
    }
}
