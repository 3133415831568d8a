package ai.softlabel.command.inspect;

import ai.softlabel.ExitStatus;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.data.CheckedPictures;
import ai.softlabel.data.Digests;
import ai.softlabel.data.LabelledNames;
import ai.softlabel.data.Split;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.LoadedPictures;
import ai.softlabel.pipeline.Phases;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TaskProgress;
import ai.softlabel.report.InspectPage;
import ai.softlabel.run.Json;
import ai.softlabel.run.RejectionFile;
import ai.softlabel.spark.JobDescription;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** {@code inspect}: reads and decodes every picture as training would, and counts and shows what there is. */
public final class InspectJob {
    /** Side to which pictures are resized; small, because only decoding is checked. */
    private static final int SIZE = 64;

    private static final String PAGE = "inspect.html";

    private final InspectSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;

    public InspectJob(InspectSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the job. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        ReportSections.requireFree(out, "inspect", settings.replace());
        CommandFailure.guard("inspect", out, this::inspect);
    }

    private void inspect() throws IOException {
        out.delete(ReportSections.FILE);
        out.delete(PAGE);
        try (LabelledNames names = Listed.labelled(settings.data(), settings.labels(), session, console)) {
            Split split =
                    Split.of(settings.way(), settings.split(), settings.validation(), names.lists(), names.groups());
            CheckedPictures pictures;
            try (JobDescription what = JobDescription.of(session.spark(), "part the pictures")) {
                pictures = new CheckedPictures(
                        names, split, settings.seed(), SIZE, session.cluster().slots());
            }
            try (pictures) {
                inspect(names, split, pictures);
            }
        }
    }

    private void inspect(LabelledNames names, Split split, CheckedPictures pictures) throws IOException {
        Map<Part, Map<Integer, Long>> counts;
        try (Phases.Phase phase = session.phases().begin("reading");
                JobDescription what = JobDescription.of(session.spark(), "decode the pictures");
                TaskProgress progress = TaskProgress.ofPictures(
                        CheckedPictures.PROGRESS, pictures.partitions(), console, "decode", pictures.listed())) {
            counts = pictures.read();
        }
        RejectionFile.write(
                pictures.rejections()
                        .sortBy(Rejection::path, true, LabelledNames.ranges(pictures.rejected()))
                        .toLocalIterator(),
                out);
        Map<Part, Long> sums = new EnumMap<>(Part.class);
        counts.forEach((part, of) ->
                sums.put(part, of.values().stream().mapToLong(Long::longValue).sum()));
        String fingerprint = fingerprint(pictures);
        ObjectNode overview =
                new Overview(names, counts, pictures).of(session, settings.maxRejected(), settings.seed());
        overview.put("path", ReportSections.data(settings.data())).put("split", split.text());
        pictures.requireSame();
        out.writeText(PAGE, InspectPage.of(overview));
        LoadedPictures.requireFew(
                settings.maxRejected(),
                pictures.counted(),
                pictures.counted() + pictures.count(),
                pictures.example(),
                out);
        ObjectNode report = ReportSections.start("inspect", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(settings.data()))
                .put("split", split.text())
                .put("train", sums.get(Part.TRAIN) + sums.get(Part.VALIDATION))
                .put("validation", sums.get(Part.VALIDATION))
                .put("test", sums.get(Part.TEST))
                .put("classes", names.classes().size())
                .put("rejected", pictures.rejected())
                .put("fingerprint", fingerprint);
        ArrayNode rows = report.putArray("classes");
        for (int label = 0; label < names.classes().size(); label++) {
            ObjectNode row = rows.addObject().put("name", names.classes().get(label));
            for (Part part : Part.values()) {
                row.put(name(part), counts.get(part).getOrDefault(label, 0L));
            }
        }
        out.writeText(ReportSections.FILE, Json.pretty(report));
        print(names.classes().size(), pictures.rejected(), sums, counts);
    }

    private String fingerprint(CheckedPictures pictures) {
        try (JobDescription what = JobDescription.of(session.spark(), "fingerprint of the pictures");
                TaskProgress progress =
                        TaskProgress.ofPictures(Digests.PROGRESS, 1, console, "fingerprint", pictures.count())) {
            return pictures.fingerprint();
        }
    }

    private void print(int classes, long rejected, Map<Part, Long> sums, Map<Part, Map<Integer, Long>> counts) {
        console.print("%s: %d classes", ReportSections.data(settings.data()), classes);
        console.print("%-12s %9s %18s", "part", "pictures", "per class");
        counts.forEach((part, of) -> {
            long most = of.values().stream().mapToLong(Long::longValue).max().orElse(0);
            long least = of.size() < classes
                    ? 0
                    : of.values().stream().mapToLong(Long::longValue).min().orElse(0);
            console.print("%-12s %9d %18s", name(part), sums.get(part), least + " to " + most);
        });
        console.print("%d pictures are not used, see %s", rejected, out.path(RejectionFile.FILE));
        console.print("open %s", out.path(PAGE));
    }

    private static String name(Part part) {
        return part.name().toLowerCase(Locale.ROOT);
    }
}
