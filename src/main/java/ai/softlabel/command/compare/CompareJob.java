package ai.softlabel.command.compare;

import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.report.ComparedRun;
import ai.softlabel.report.Comparison;
import ai.softlabel.report.ComparisonPage;
import ai.softlabel.run.EpochLog;
import ai.softlabel.train.Checkpoints;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** {@code compare}: sets runs of {@code train} and {@code evaluate} side by side. It does not start Spark. */
public final class CompareJob {
    private static final Set<String> COMMANDS = Set.of("train", "evaluate");

    private final CompareSettings settings;
    private final ConsoleProgress console;
    private final Configuration configuration = new Configuration();

    public CompareJob(CompareSettings settings, ConsoleProgress console) {
        this.settings = settings;
        this.console = console;
    }

    /**
     * Prints the tables, and writes the page where one is wanted.
     *
     * @throws JobException of status 3 where a run can't be read or is not finished
     */
    public void run() throws IOException {
        List<ComparedRun> runs = new ArrayList<>();
        for (String path : settings.runs()) {
            runs.add(read(path));
        }
        Comparison comparison = Comparison.of(runs);
        for (String line : comparison.lines()) {
            console.print("%s", line);
        }
        if (settings.out() != null) {
            Path target = new Path(settings.out());
            if (target.isRoot()) {
                throw JobException.options("expected --out to be a file, found %s; give a file's path", target);
            }
            Directory folder = Directory.around("out", target, configuration);
            folder.writeText(target.getName(), ComparisonPage.of(comparison));
            console.print("wrote the comparison to %s", folder.path(target.getName()));
        }
    }

    private ComparedRun read(String path) throws IOException {
        Directory run = Directory.of("run", path, configuration);
        if (!run.has(ReportSections.FILE)) {
            throw JobException.input(
                    "expected a run directory at %s, found no %s in it; give the --out of a train or evaluate",
                    path, ReportSections.FILE);
        }
        JsonNode report = ReportSections.read(run);
        String command = report.path("command").asText("another program");
        if (report.path("status").asInt(-1) != 0) {
            throw JobException.input(
                    "expected a finished run at %s, found one that ended with status %s; leave it out, or continue it with --resume",
                    path, report.path("status").asText("unknown"));
        }
        if (!COMMANDS.contains(command)) {
            throw JobException.input(
                    "expected the results of train or evaluate at %s, found those of %s; leave it out", path, command);
        }
        return new ComparedRun(path, report, epochs(run), Checkpoints.settings(run.sub("checkpoints")));
    }

    private static List<JsonNode> epochs(Directory run) throws IOException {
        try {
            return EpochLog.after(run, Integer.MAX_VALUE).lines();
        } catch (JsonProcessingException e) {
            throw JobException.input(
                    "expected lines of JSON in %s, found %s; restore the file",
                    run.path(EpochLog.FILE), e.getOriginalMessage());
        }
    }
}
