package ai.softlabel.command.export;

import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.TrainedModel;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** {@code export}: writes a run's model for other programs, in float32. It does not start Spark. */
public final class ExportJob {
    private final ExportSettings settings;
    private final ConsoleProgress console;
    private final Configuration configuration = new Configuration();

    public ExportJob(ExportSettings settings, ConsoleProgress console) {
        this.settings = settings;
        this.console = console;
    }

    /** Writes the file. */
    public void run() throws IOException {
        TrainedModel trained = TrainedModel.read(Directory.of("model", settings.model(), configuration));
        new ExportedFile(settings, console, configuration).write(trained, null, trained.calibrator(), Map.of());
    }
}
