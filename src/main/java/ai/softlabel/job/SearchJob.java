package ai.softlabel.job;

import ai.softlabel.Part;
import ai.softlabel.files.Directory;
import ai.softlabel.report.RateCurve;
import ai.softlabel.train.RateSearch;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.Trainer;
import java.io.IOException;

/** {@code find-lr}: a sweep over the learning rate, its curve and what it suggests. */
public final class SearchJob {
    private static final double EXPLOSION = 4;

    private final SearchSettings settings;
    private final Session session;
    private final Narrator narrator;
    private final Directory out;

    public SearchJob(SearchSettings settings, Session session, Narrator narrator) {
        this.settings = settings;
        this.session = session;
        this.narrator = narrator;
        this.out = Directory.of("out", settings.train().out(), session.spark().hadoopConfiguration());
    }

    /** Runs the sweep. */
    public RateSearch run() throws IOException {
        Reports.requireEmpty(out, "give another");
        Preparation prepared = Preparation.of(settings.train(), session, narrator, out);
        Recipe recipe = prepared.recipe();
        narrator.expect(recipe.batchSize(), 1);
        Trainer trainer = new Trainer(
                session.spark(),
                recipe,
                prepared.shards(),
                session.cluster(),
                settings.train().stepTimeout());
        RateSearch found = trainer.search(
                Snapshot.begin(prepared.begin(), recipe),
                prepared.pictures().parts().get(Part.TRAIN).examples(),
                settings.steps(),
                settings.from(),
                settings.to(),
                EXPLOSION);
        out.writeText("lr.csv", RateCurve.csv(found));
        out.writeText("lr.svg", RateCurve.svg(found));
        narrator.say(
                "%d steps, to a learning rate of %.2e",
                found.rates().size(), found.rates().get(found.rates().size() - 1));
        narrator.say("suggested --lr: %.2e (valley), %.2e (steepest)", found.valley(), found.steepest());
        narrator.say("the curve is in %s and %s", out.path("lr.csv"), out.path("lr.svg"));
        return found;
    }
}
