package ai.softlabel.command.report;

import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.ReportPlace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;

/** {@code report}: says where a run's page is, or serves the run until the process ends. It does not start Spark. */
public final class ReportJob {
    private final ReportSettings settings;
    private final ConsoleProgress console;

    public ReportJob(ReportSettings settings, ConsoleProgress console) {
        this.settings = settings;
        this.console = console;
    }

    /**
     * Prints the page's path; with a port it serves the run's folder, and returns only if the thread is interrupted.
     *
     * @throws JobException of status 3 where there is no page, of status 2 where the port is taken or the run is not on
     *     this machine
     */
    public void run() throws IOException {
        Directory run = Directory.of("run", settings.run(), new Configuration());
        String page = ReportPlace.page(run);
        if (page == null) {
            throw JobException.input(
                    "expected a run with a page (report.html or study.html) at %s, found none; give the --out of a finished train, evaluate, study or audit",
                    settings.run());
        }
        if (settings.port() == null) {
            ReportPlace.print(console, run);
            return;
        }
        try (RunServer server = RunServer.start(folder(run), settings.port())) {
            console.print("serving %s at %s until Ctrl-C", run, server.address() + page);
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path folder(Directory run) throws IOException {
        URI uri = run.uri("");
        Path folder = "file".equals(uri.getScheme()) ? Path.of(uri.getPath()) : null;
        if (folder == null || !Files.isDirectory(folder)) {
            throw JobException.options("expected a run on this machine for --serve, found %s; copy it here first", run);
        }
        return folder;
    }
}
