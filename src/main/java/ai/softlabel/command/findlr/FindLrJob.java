package ai.softlabel.command.findlr;

import ai.softlabel.files.Directory;
import ai.softlabel.files.Lease;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.report.RateCurve;
import ai.softlabel.train.RateSearch;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.Trainer;
import java.io.IOException;

/** {@code find-lr}: sweeps the learning rate, writes the loss curve and suggests a rate. */
public final class FindLrJob {
    private static final double EXPLOSION = 4;

    private final FindLrSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;

    public FindLrJob(FindLrSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the sweep. */
    public RateSearch run() throws IOException {
        ReportSections.requireEmpty(out, "give another");
        try (Lease lease = Lease.take(out, "out")) {
            return search();
        }
    }

    private RateSearch search() throws IOException {
        PreparedTraining prepared = PreparedTraining.of(settings.setup(), session, console, out);
        Recipe recipe = prepared.recipe();
        console.expect(recipe.batchSize(), 1);
        Trainer trainer = prepared.trainer(session);
        RateSearch found = trainer.search(
                Snapshot.start(prepared.initial(), recipe),
                prepared.trainingSet(null),
                settings.steps(),
                settings.from(),
                settings.to(),
                EXPLOSION);
        out.writeText("lr.csv", RateCurve.csv(found));
        out.writeText("lr.svg", RateCurve.svg(found));
        console.print(
                "%d steps, up to a learning rate of %.2e",
                found.rates().size(), found.rates().get(found.rates().size() - 1));
        console.print("suggested --lr: %.2e (valley), %.2e (steepest)", found.valley(), found.steepest());
        console.print("wrote the curve to %s and %s", out.path("lr.csv"), out.path("lr.svg"));
        return found;
    }
}
