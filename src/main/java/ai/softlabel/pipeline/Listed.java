package ai.softlabel.pipeline;

import ai.softlabel.data.LabelSource;
import ai.softlabel.data.LabelledNames;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Names;
import ai.softlabel.spark.JobDescription;

/** A job's pictures, listed with progress. */
public final class Listed {
    private Listed() {}

    /** See {@link Layouts#list(String, LabelSource, org.apache.spark.sql.SparkSession)}. */
    public static Listing of(String data, LabelSource labels, Session session, ConsoleProgress console) {
        try (Phases.Phase phase = session.phases().begin("listing");
                TaskProgress progress = progress(console)) {
            return Layouts.list(data, labels, session.sql());
        }
    }

    /** See {@link Layouts#labelledNames}. */
    public static LabelledNames labelled(String data, LabelSource labels, Session session, ConsoleProgress console) {
        try (Phases.Phase phase = session.phases().begin("listing");
                JobDescription what = JobDescription.of(session.spark(), "list the pictures");
                TaskProgress progress = progress(console)) {
            return Layouts.labelledNames(data, labels, session.sql());
        }
    }

    /** See {@link Layouts#names}. */
    public static Names names(String data, Session session, ConsoleProgress console) {
        try (JobDescription what = JobDescription.of(session.spark(), "list the pictures");
                TaskProgress progress = progress(console)) {
            return Layouts.names(data, session.spark());
        }
    }

    private static TaskProgress progress(ConsoleProgress console) {
        return new TaskProgress(
                Layouts.PROGRESS, 1, new CountProgress(console, "list", "names", CountProgress.UNKNOWN));
    }
}
