package ai.softlabel.command.evaluate;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.data.Storing;
import ai.softlabel.files.Directory;
import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.Summary;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConfidenceSections;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.CountProgress;
import ai.softlabel.pipeline.LoadedPictures;
import ai.softlabel.pipeline.RecalibratedSection;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TaskProgress;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import ai.softlabel.run.PredictionFiles;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Predictor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/** {@code evaluate}: scores a run's model on labelled pictures, in the same way as the run scored its test part. */
public final class EvaluateJob {
    private final EvaluateSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;
    private final Directory run;

    public EvaluateJob(EvaluateSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
        this.run = Directory.of("model", settings.model(), session.spark().hadoopConfiguration());
    }

    /** Runs the job. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        ReportSections.requireFree(out, "evaluate", settings.replace());
        CommandFailure.guard("evaluate", out, this::evaluate);
    }

    private void evaluate() throws IOException {
        out.delete(ReportSections.FILE);
        TrainedModel trained = TrainedModel.read(run);
        ModelCard card = trained.card();
        Listing listing = Layouts.list(settings.data(), settings.labels(), session.sql());
        List<Rejection> rejected = new ArrayList<>(listing.rejected());
        List<Entry> entries = relabelled(test(card, listing, rejected), listing, card);
        console.print(
                "%s: %d pictures to score",
                settings.data() == null ? "the built-in sample" : settings.data(), entries.size());
        Shards shards = new Shards(session.cluster().slots(), session.cluster().slots());
        LoadedPictures pictures = LoadedPictures.load(
                session,
                listing,
                Map.of(Part.TEST, entries),
                rejected,
                card.imageSize(),
                shards,
                settings.maxRejected(),
                out,
                Storing.standard(),
                console);
        JavaRDD<Prediction> predictions = trained.predictor(session.cluster().threads(shards.partitions()))
                .predict(
                        pictures.parts().get(Part.TEST).examples(),
                        session.spark().broadcast(trained.state()))
                .persist(StorageLevel.MEMORY_AND_DISK());
        Evaluation scores;
        try (TaskProgress progress = new TaskProgress(
                Predictor.PROGRESS,
                shards.partitions(),
                new CountProgress(console, "score", "pictures", pictures.count(Part.TEST)))) {
            scores = Evaluation.of(predictions);
        }
        PredictionFiles.parquet(session.sql(), Map.of(PredictionFiles.split(Part.TEST), predictions), out);
        PredictionFiles.confusion(predictions, card.classes(), out);
        ObjectNode report = ReportSections.start("evaluate", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(settings.data()))
                .put("test", pictures.count(Part.TEST))
                .put("classes", card.classes().size())
                .put("rejected", pictures.rejected().size())
                .put("fingerprint", pictures.fingerprint());
        ModelCard.architecture(report.putObject("model"), card.architecture())
                .put("parameters", trained.model().size())
                .put("image_size", card.imageSize())
                .put("weights", settings.model());
        ReportSections.test(report, scores, predictions, card.classes(), listing.species());
        Calibrator calibrator = trained.calibrator();
        Summary recalibrated = RecalibratedSection.score(predictions, calibrator);
        ConfidenceSections.put(report, trained.calibration(), recalibrated, predictions, card.classes());
        out.writeText(ReportSections.FILE, Json.pretty(report));
        console.partitions(scores.partitions());
        Summary s = scores.total();
        console.print(
                "error %.2f %%  top-5 error %.2f %%  NLL %.4f  ECE %.4f  Brier %.4f on %d pictures",
                100 * s.error(), 100 * s.topFiveError(), s.nll(), CalibrationError.ece(s), s.brier(), s.count());
        warn(s);
        console.print(
                "recalibrated (%s): NLL %.4f  ECE %.4f",
                calibrator.method(), recalibrated.nll(), CalibrationError.ece(recalibrated));
        console.print("wrote the report to %s", out);
    }

    /** Warns if error or ECE lie outside the run's own intervals: then the pictures differ from the run's test part. */
    private void warn(Summary s) throws IOException {
        if (!run.has(ReportSections.FILE)) {
            return;
        }
        JsonNode intervals = Json.parse(run.readText(ReportSections.FILE)).at("/test/intervals");
        Map<String, Double> now = Map.of("error", s.error(), "ece", CalibrationError.ece(s));
        for (String figure : List.of("error", "ece")) {
            JsonNode limits = intervals.path(figure);
            double value = now.get(figure);
            if (limits.size() == 2
                    && (value < limits.get(0).asDouble()
                            || value > limits.get(1).asDouble())) {
                console.print(
                        "warning: %s is %.4f, outside the run's interval of %.4f to %.4f: these pictures differ from the run's test part",
                        figure, value, limits.get(0).asDouble(), limits.get(1).asDouble());
            }
        }
    }

    /** The run's test part if this is the run's data; otherwise the data's test list, or everything if it has none. */
    private List<Entry> test(ModelCard card, Listing listing, List<Rejection> rejected) {
        boolean hasTest = listing.entries().stream().anyMatch(e -> e.official() == Official.TEST);
        Double share = Split.share(card.split());
        if (share != null && share > 0 && LoadedPictures.hash(listing).equals(card.listing())) {
            return new Split(Split.way(card.split()), share, 0)
                    .assign(listing, card.seed(), rejected)
                    .get(Part.TEST);
        }
        Comparator<Entry> byName = Comparator.comparing(Entry::name);
        return listing.entries().stream()
                .filter(e -> !hasTest || e.official() == Official.TEST)
                .sorted(byName)
                .toList();
    }

    /** Maps the pictures' labels to the run's labels by class name. */
    private static List<Entry> relabelled(List<Entry> entries, Listing listing, ModelCard card) {
        Map<String, Integer> labels = new HashMap<>();
        card.classes().forEach(c -> labels.put(c, labels.size()));
        return entries.stream()
                .map(e -> {
                    String name = listing.classes().get(e.label());
                    Integer label = labels.get(name);
                    if (label == null) {
                        throw JobException.input(
                                "expected pictures of the run's %d classes, found %s of class %s; remove that class, or give data with the model's classes",
                                card.classes().size(), e.name(), name);
                    }
                    return e.labelled(label);
                })
                .toList();
    }
}
