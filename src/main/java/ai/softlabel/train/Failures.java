package ai.softlabel.train;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import org.apache.spark.SparkException;

/** What is said of a stage that failed. */
final class Failures {
    private Failures() {}

    /** One line for what made a stage fail: the innermost message that is ours, or Spark's first line. */
    static JobException of(Exception e, int epoch) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof JobException ours) {
                return ours;
            }
        }
        String text = String.valueOf(e.getMessage());
        int ours = text.indexOf(JobException.class.getName() + ": ");
        if (ours >= 0) {
            return JobException.training(
                    "%s",
                    text.substring(ours + JobException.class.getName().length() + 2)
                            .lines()
                            .findFirst()
                            .orElse(text));
        }
        String why = e.getCause() instanceof SparkException s ? s.getMessage() : text;
        return new JobException(
                ExitStatus.TRAINING,
                String.format(
                        "expected epoch %d to finish, found: %s; see the executors' logs, and go on with --resume",
                        epoch + 1, why.lines().findFirst().orElse("no message")),
                e);
    }
}
