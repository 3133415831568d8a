package ai.softlabel.command.pack;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.LabelledNames;
import ai.softlabel.data.PackedSet;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TaskProgress;
import ai.softlabel.run.Json;
import ai.softlabel.spark.JobDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * {@code pack}: copies every picture that the data lists, unchanged, into Parquet files that are read as {@code --data}
 * like the data itself. A task reads the pictures of one file and writes it.
 */
public final class PackJob {
    private final PackSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;

    public PackJob(PackSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the job. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        ReportSections.requireEmpty(out, "give another");
        CommandFailure.guard("pack", out, this::pack);
    }

    private void pack() throws IOException {
        try (LabelledNames names = Listed.labelled(settings.data(), settings.labels(), session, console)) {
            long count = names.count();
            int files = Math.toIntExact(Math.max(
                    Math.min(session.cluster().slots(), count), (count + settings.perFile() - 1) / settings.perFile()));
            PackTask task = new PackTask(names.source(), out, session.spark().hadoopConfiguration());
            JavaRDD<PackTask.Packed> packing = names.files(files)
                    .mapPartitionsWithIndex(
                            (file, rows) -> List.of(task.write(file, rows)).iterator(), true)
                    .setName("pictures, packed")
                    .persist(StorageLevel.MEMORY_AND_DISK_SER());
            try {
                write(names, files, packing);
            } finally {
                packing.unpersist(false);
            }
        }
    }

    private void write(LabelledNames names, int files, JavaRDD<PackTask.Packed> packing) throws IOException {
        PackTask.Counts packed;
        try (JobDescription what = JobDescription.of(session.spark(), "pack " + names.count() + " pictures");
                TaskProgress progress =
                        TaskProgress.ofPictures(PackTask.PROGRESS, files, console, "pack", names.count())) {
            packed = packing.map(PackTask.Packed::counts).reduce(PackTask.Counts::plus);
        }
        if (packed.pictures() + packed.rejected() != names.count() || packed.print() != names.print()) {
            throw changed();
        }
        Iterator<Rejection> unread = packed.rejected() == 0
                ? Collections.emptyIterator()
                : packing.flatMap(p -> p.rejected().iterator())
                        .sortBy(Rejection::path, true, LabelledNames.ranges(packed.rejected()))
                        .toLocalIterator();
        out.write(
                PackedSet.FILE,
                stream -> PackedSet.describe(
                        stream,
                        names.classes(),
                        names.species(),
                        files,
                        packed.pictures(),
                        List.of(names.rejections(), unread)));
        // A partition that was lost with its executor since was written again.
        if (!packed.equals(packing.map(PackTask.Packed::counts).reduce(PackTask.Counts::plus))) {
            out.delete(PackedSet.FILE);
            throw changed();
        }
        out.deleteUnfinished();
        ObjectNode report = ReportSections.start("pack", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(settings.data()))
                .put("count", packed.pictures())
                .put("files", files)
                .put("bytes", packed.bytes())
                .put("classes", names.classes().size())
                .put("rejected", names.rejected() + packed.rejected());
        out.writeText(ReportSections.FILE, Json.pretty(report));
        console.print("%d pictures in %d files, %d MB", packed.pictures(), files, packed.bytes() >> 20);
        console.print("wrote the packed set to %s", out);
    }

    private JobException changed() {
        return JobException.input(
                "expected the pictures to be those that were listed first, found others; data must not change during a job: empty %s and run again",
                out);
    }
}
