package ai.softlabel.run;

import ai.softlabel.ExitStatus;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.files.Directory;
import ai.softlabel.fuzz.Promise;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.report.StudyTable;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** What a run directory's readers promise for any bytes; a fuzz target calls it. */
public final class RunTargets {
    private static final Path FOLDER = Promise.folder("run");
    private static final Directory RUN = Directory.of("model", FOLDER.toString(), new Configuration());
    private static final Set<ExitStatus> INPUT = Set.of(ExitStatus.INPUT);
    private static final float[] LOGITS = {1.25f, -0.5f, 3};

    private RunTargets() {}

    /**
     * Any bytes as {@code model.json}, {@code calibration.json} and {@code report.json}, separated by NULs, can be used
     * or are a line that says why not.
     */
    public static void read(byte[] input) {
        List<byte[]> files = Promise.parts(input, 3);
        Promise.oneLine(INPUT, () -> {
            Files.write(FOLDER.resolve(ModelCard.FILE), files.get(0));
            Files.write(FOLDER.resolve(CalibrationFile.FILE), files.get(1));
            Files.write(FOLDER.resolve(ReportSections.FILE), files.get(2));
            Files.write(FOLDER.resolve(ModelCard.WEIGHTS), new byte[0]);
        });
        Promise.oneLine(INPUT, () -> {
            ModelCard card = ModelCard.read(RUN);
            Promise.require(
                    card.sizes().smallest() > 0 && !card.classes().isEmpty() && card.validation() >= 0,
                    card.toString());
        });
        Promise.oneLine(INPUT, () -> {
            Calibrator calibrator = CalibrationFile.read(RUN, LOGITS.length);
            double sum = 0;
            for (double p : calibrator.apply(LOGITS)) {
                Promise.require(p >= 0 && p <= 1, calibrator + " gives the probability " + p);
                sum += p;
            }
            Promise.require(Math.abs(sum - 1) < 1e-6, calibrator + " gives probabilities of the sum " + sum);
        });
        Promise.oneLine(INPUT, () -> {
            ObjectNode report = ReportSections.read(RUN);
            StudyTable.csv(List.of(report));
            StudyTable.of(List.of(report)).lines();
        });
    }
}
