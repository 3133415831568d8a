package ai.softlabel.command.pack;

import ai.softlabel.ExitStatus;
import ai.softlabel.data.Listing;
import ai.softlabel.data.PackedFile;
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
import java.util.ArrayList;
import java.util.List;

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
        Listing listing = Listed.of(settings.data(), settings.labels(), session, console);
        int count = listing.entries().size();
        int files = (int) Math.max(
                Math.min(session.cluster().slots(), count),
                (count + (long) settings.perFile() - 1) / settings.perFile());
        List<PackTask.File> slices = slices(listing, files);
        PackTask.Packed packed;
        try (JobDescription what = JobDescription.of(session.spark(), "pack " + count + " pictures");
                TaskProgress progress = TaskProgress.ofPictures(PackTask.PROGRESS, files, console, "pack", count)) {
            PackTask task = new PackTask(listing.source(), out, session.spark().hadoopConfiguration());
            packed = session.spark()
                    .parallelize(slices, files)
                    .map(task)
                    .setName("pictures, packed")
                    .reduce(PackTask.Packed::plus);
        }
        out.deleteUnfinished();
        out.writeText(PackedSet.FILE, PackedSet.describe(listing, files, packed.pictures(), packed.rejected()));
        ObjectNode report = ReportSections.start("pack", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(settings.data()))
                .put("count", packed.pictures())
                .put("files", files)
                .put("bytes", packed.bytes())
                .put("classes", listing.classes().size())
                .put("rejected", listing.rejected().size() + packed.rejected().size());
        out.writeText(ReportSections.FILE, Json.pretty(report));
        console.print("%d pictures in %d files, %d MB", packed.pictures(), files, packed.bytes() >> 20);
        console.print("wrote the packed set to %s", out);
    }

    private static List<PackTask.File> slices(Listing listing, int files) {
        List<PackTask.File> slices = new ArrayList<>();
        for (int f = 0; f < files; f++) {
            slices.add(new PackTask.File(f, new ArrayList<>()));
        }
        for (Listing.Entry e : listing.entries()) {
            slices.get(PackedFile.file(e.name(), files))
                    .rows()
                    .add(new PackedFile.Row(
                            e.name(),
                            listing.classes().get(e.label()),
                            e.official().name(),
                            e.weight(),
                            e.group()));
        }
        return slices;
    }
}
