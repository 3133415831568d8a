package ai.softlabel.command.inspect;

import ai.softlabel.Example;
import ai.softlabel.ExitStatus;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Preparation;
import ai.softlabel.data.Preparations;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.data.Storing;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.LoadedPictures;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.report.InspectPage;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
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
        Listing listing = Listed.of(settings.data(), settings.labels(), session, console);
        Split split = Split.of(settings.way(), settings.split(), settings.validation(), listing);
        List<Rejection> rejected = new ArrayList<>(listing.rejected());
        Map<Part, List<Entry>> entries = split.assign(listing, settings.seed(), rejected);
        Shards shards = new Shards(session.cluster().slots(), session.cluster().slots());
        LoadedPictures pictures = LoadedPictures.load(
                session,
                listing,
                entries,
                rejected,
                Preparations.of(Preparation.full(SIZE)),
                shards,
                // All may be: the page shows why before the job ends.
                1,
                out,
                Storing.standard(),
                console);
        Map<Part, Map<Integer, Long>> counts = new EnumMap<>(Part.class);
        pictures.parts()
                .forEach((part, loaded) ->
                        counts.put(part, loaded.examples().map(Example::label).countByValue()));
        ObjectNode overview =
                new Overview(listing, counts).of(session, pictures.rejected(), settings.maxRejected(), settings.seed());
        overview.put("path", ReportSections.data(settings.data())).put("split", split.text());
        out.writeText(PAGE, InspectPage.of(overview));
        pictures.requireFew(settings.maxRejected(), out);
        ObjectNode report = ReportSections.start("inspect", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(settings.data()))
                .put("split", split.text())
                .put("train", pictures.count(Part.TRAIN) + pictures.count(Part.VALIDATION))
                .put("validation", pictures.count(Part.VALIDATION))
                .put("test", pictures.count(Part.TEST))
                .put("classes", listing.classes().size())
                .put("rejected", pictures.rejected().size())
                .put("fingerprint", pictures.fingerprint());
        ArrayNode rows = report.putArray("classes");
        for (int label = 0; label < listing.classes().size(); label++) {
            ObjectNode row = rows.addObject().put("name", listing.classes().get(label));
            for (Part part : Part.values()) {
                row.put(name(part), counts.get(part).getOrDefault(label, 0L));
            }
        }
        out.writeText(ReportSections.FILE, Json.pretty(report));
        print(listing, pictures, counts);
    }

    private void print(Listing listing, LoadedPictures pictures, Map<Part, Map<Integer, Long>> counts) {
        int classes = listing.classes().size();
        console.print("%s: %d classes", ReportSections.data(settings.data()), classes);
        console.print("%-12s %9s %18s", "part", "pictures", "per class");
        counts.forEach((part, of) -> {
            long most = of.values().stream().mapToLong(Long::longValue).max().orElse(0);
            long least = of.size() < classes
                    ? 0
                    : of.values().stream().mapToLong(Long::longValue).min().orElse(0);
            console.print("%-12s %9d %18s", name(part), pictures.count(part), least + " to " + most);
        });
        console.print("%d pictures are not used, see %s", pictures.rejected().size(), out.path("rejected.jsonl"));
        console.print("open %s", out.path(PAGE));
    }

    private static String name(Part part) {
        return part.name().toLowerCase(Locale.ROOT);
    }
}
