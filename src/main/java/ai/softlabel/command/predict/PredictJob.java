package ai.softlabel.command.predict;

import ai.softlabel.ExitStatus;
import ai.softlabel.Part;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Shards;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.LoadedPictures;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.Json;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/** {@code predict}: classifies unlabelled pictures with a run's model, with recalibrated probabilities. */
public final class PredictJob {
    private final PredictSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;

    public PredictJob(PredictSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the job. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        ReportSections.requireFree(out, "predict", settings.replace());
        CommandFailure.guard("predict", out, this::predict);
    }

    private void predict() throws IOException {
        TrainedModel trained = TrainedModel.read(
                Directory.of("model", settings.model(), session.spark().hadoopConfiguration()));
        Listing listing = Layouts.pictures(settings.data(), session.spark().hadoopConfiguration());
        Shards shards = new Shards(session.cluster().slots(), session.cluster().slots());
        LoadedPictures pictures = LoadedPictures.load(
                session,
                listing,
                Map.of(Part.TEST, listing.entries()),
                new ArrayList<>(listing.rejected()),
                trained.card().imageSize(),
                shards,
                settings.maxRejected(),
                out);
        Calibrator calibrator = trained.calibrator();
        Broadcast<ModelState> sent = session.spark().broadcast(trained.state());
        JavaRDD<Prediction> predictions = trained.predictor(session.cluster().threads(shards.partitions()))
                .predict(pictures.parts().get(Part.TEST).examples(), sent)
                .map(p -> new Prediction(p.path(), p.label(), p.partition(), p.logits(), calibrator.apply(p.logits())))
                .persist(StorageLevel.MEMORY_AND_DISK());
        List<String> classes = trained.card().classes();
        PredictOutput.parquet(session.sql(), predictions, classes, out);
        PredictOutput.csv(predictions, classes, out);
        ObjectNode report = ReportSections.start("predict", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(settings.data()))
                .put("count", pictures.count(Part.TEST))
                .put("rejected", pictures.rejected().size())
                .put("fingerprint", pictures.fingerprint());
        report.putObject("model").put("weights", settings.model()).put("recalibrated", calibrator.method());
        out.writeText(ReportSections.FILE, Json.pretty(report));
        console.print(
                "%d pictures classified, %d rejected, recalibrated (%s)",
                pictures.count(Part.TEST), pictures.rejected().size(), calibrator.method());
        console.print("wrote the predictions to %s", out.path("predictions.csv"));
    }
}
