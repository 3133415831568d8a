package ai.softlabel.train;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.spark.TooFewSlots;
import org.apache.spark.SparkException;

/** What is said of a stage that failed. */
final class Failures {
    private Failures() {}

    /**
     * One line for what made a stage fail: what a task of ours says, or what ended the first task that failed, or
     * Spark's first line.
     */
    static JobException of(Exception e, int epoch) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof JobException ours) {
                return ours;
            }
            if (t instanceof TooFewSlots few) {
                return few.told("add a worker and start again");
            }
        }
        // Of Spark's own exceptions the first line says what happened, the others where.
        String why = e.getCause() instanceof SparkException s ? s.getMessage() : String.valueOf(e.getMessage());
        return new JobException(
                ExitStatus.TRAINING,
                String.format(
                        "expected epoch %d to finish, found: %s; see the executors' logs, and go on with --resume",
                        epoch + 1, Plain.reason(why)),
                e);
    }
}
