package ai.softlabel.command.predict;

import ai.softlabel.ExitStatus;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.ReportPlace;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** What a predict ends with: its report, and lines on the console. */
record PredictReport(PredictSettings settings, Session session, ConsoleProgress console, Directory out) {
    /** @param unread pictures that were rejected before they were opened */
    void write(TrainedModel trained, PartitionResult found, long unread, Answers answers) throws IOException {
        long rejected = found.rejected() + unread;
        // Of attempts that were stopped because another was first.
        out.sub(PredictJob.TABLE).deleteUnfinished();
        out.sub(PredictJob.TABLE).writeText("_SUCCESS", "");
        ObjectNode report = ReportSections.start("predict", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(settings.data()))
                .put("count", found.used())
                .put("rejected", rejected)
                .put("fingerprint", found.content().toString());
        report.putObject("model")
                .put("weights", settings.model())
                .put("engine", trained.engine().toString())
                .put("recalibrated", trained.calibrator().method());
        if (answers.abstains()) {
            ObjectNode n = report.putObject("selective")
                    .put("score", answers.score().name())
                    .put("power", answers.score().power());
            Json.put(n, "threshold", answers.threshold());
            n.put("answered", found.used() - found.abstained())
                    .put("abstained", found.abstained())
                    .put("promise", answers.promise());
        }
        if (settings.limits().coverage() != null) {
            report.putObject("sets")
                    .put("chosen", trained.calibration().sets().score().method())
                    .put("wanted", settings.limits().coverage());
        }
        out.writeText(ReportSections.FILE, Json.pretty(report));
        if (answers.abstains()) {
            console.print(
                    "%d answered, %d left to a person: %s",
                    found.used() - found.abstained(), found.abstained(), answers.promise());
        }
        console.print(
                "%d pictures classified, %d rejected, recalibrated (%s)",
                found.used(), rejected, trained.calibrator().method());
        console.print("wrote the predictions to %s", out.path(PredictJob.TABLE));
        ReportPlace.print(console, out);
    }
}
