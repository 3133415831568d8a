package ai.softlabel.pipeline;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.files.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.SparkException;

/**
 * Turns any exception of a command into an exit status and a one-line message: what was expected, what was found, what
 * to do.
 */
public final class CommandFailure {
    private static final int LONGEST = 300;

    private CommandFailure() {}

    /** A command's work. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /**
     * Runs a command's work while holding the lease of {@code out}. An exception is written to the report in
     * {@code out} if possible, and rethrown as a {@link JobException}.
     *
     * @throws JobException of status 2, immediately, if another program writes to {@code out}
     */
    public static void guard(String command, Directory out, Work work) throws IOException {
        try (Lease lease = Lease.take(out, "out")) {
            guarded(command, out, work);
        }
    }

    private static void guarded(String command, Directory out, Work work) {
        try {
            work.run();
        } catch (Throwable t) {
            JobException failure = of(t);
            ReportSections.failed(command, out, failure);
            throw failure;
        }
    }

    /** The failure as a {@link JobException}; one in the chain of causes is returned unchanged. */
    public static JobException of(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof JobException ours) {
                return ours;
            }
        }
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            JobException known = known(t, thrown);
            if (known != null) {
                return known;
            }
        }
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (thrown instanceof SparkException || thrown.getClass().getName().startsWith("org.apache.spark.")) {
            return failure(
                    ExitStatus.TRAINING,
                    thrown,
                    "expected the work to finish on the cluster, found %s; see the executors' logs, and run the command again",
                    words(root));
        }
        StackTraceElement[] trace = root.getStackTrace();
        return failure(
                ExitStatus.TRAINING,
                thrown,
                "expected the command to finish, found %s%s, a bug; please report it with the log of SOFTLABEL_LOG=debug",
                words(root),
                trace.length == 0 ? "" : " at " + trace[0]);
    }

    private static JobException known(Throwable t, Throwable thrown) {
        if (t instanceof OutOfMemoryError) {
            return failure(
                    ExitStatus.TRAINING,
                    thrown,
                    "expected enough memory, found %s; raise SOFTLABEL_DRIVER_MEMORY or spark.executor.memory, or lower --batch-size",
                    words(t));
        }
        if (t instanceof FSError || (t instanceof IOException && full(t))) {
            return failure(
                    ExitStatus.TRAINING,
                    thrown,
                    "expected to write the results, found %s; free space or give another --out",
                    words(t));
        }
        if (t instanceof UnsupportedFileSystemException || missingFileSystem(t)) {
            return failure(
                    ExitStatus.OPTIONS,
                    thrown,
                    "expected a file system that Hadoop knows, found %s; correct the path, or add the file system's jar with SOFTLABEL_SPARK_ARGS='--packages ...'",
                    words(t));
        }
        if (t instanceof AccessControlException || t instanceof java.nio.file.AccessDeniedException) {
            return failure(
                    ExitStatus.INPUT,
                    thrown,
                    "expected permission to read and write, found %s; change the permissions",
                    words(t));
        }
        if (t instanceof UncheckedIOException) {
            return null;
        }
        return t instanceof IOException
                ? failure(
                        ExitStatus.INPUT,
                        thrown,
                        "expected to read and write files, found %s; check the path and the file system",
                        words(t))
                : null;
    }

    private static boolean full(Throwable t) {
        String text = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota");
    }

    /** Hadoop has no exception type for a file system whose class is not on the class path. */
    private static boolean missingFileSystem(Throwable t) {
        String text = String.valueOf(t.getMessage());
        return (t instanceof ClassNotFoundException && text.contains("FileSystem"))
                || text.startsWith("java.lang.ClassNotFoundException: Class org.apache.hadoop.fs.")
                || text.startsWith("No FileSystem for scheme");
    }

    private static JobException failure(ExitStatus status, Throwable cause, String format, Object... values) {
        return new JobException(status, String.format(Locale.ROOT, format, values), cause);
    }

    /** The first line of a throwable's message, or its class name if it has none. */
    private static String words(Throwable t) {
        String line = t.getMessage() == null
                ? ""
                : t.getMessage().lines().findFirst().orElse("").strip();
        String name = t.getClass().getSimpleName();
        String text =
                line.isEmpty() ? name : t instanceof RuntimeException || t instanceof Error ? name + ": " + line : line;
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    }
}
