package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.calibrate.CalibrateJob;
import ai.softlabel.command.calibrate.CalibrateSettings;
import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.inspect.InspectJob;
import ai.softlabel.command.inspect.InspectSettings;
import ai.softlabel.command.pack.PackJob;
import ai.softlabel.command.pack.PackSettings;
import ai.softlabel.command.study.StudyJob;
import ai.softlabel.command.study.StudySettings;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code inspect}, {@code train} with a validation part, {@code evaluate}, {@code calibrate --data} and {@code study}
 * give the same on a packed set as on the loose files that it was packed from. {@link PackJobTest} holds it of listing,
 * of {@code train} without one, and of {@code predict}.
 */
@Tag("spark")
@Tag("long")
class LooseAndPackedTest extends JobFixture {
    /** What commands said of the same data. */
    private record Results(
            JsonNode inspected,
            JsonNode trained,
            JsonNode evaluated,
            JsonNode calibrated,
            JsonNode studied,
            byte[] weights) {}

    private JsonNode read(String file) throws IOException {
        return JSON.readTree(dir.resolve(file).toFile());
    }

    /** Without what says where and when. */
    private static JsonNode timeless(JsonNode report) {
        ObjectNode n = report.deepCopy();
        n.remove(List.of("spark"));
        ((ObjectNode) n.get("data")).remove("path");
        n.path("partitions").forEach(p -> ((ObjectNode) p).remove("host"));
        if (n.has("model")) {
            ((ObjectNode) n.get("model")).remove("weights");
        }
        return n;
    }

    private Results results(String of, Path data, Session session) throws IOException {
        String from = data.toString();
        Path run = dir.resolve(of + "-run");
        String model = run.toString();
        try (ConsoleProgress console = ConsoleProgress.silent()) {
            String inspected = dir.resolve(of + "-inspect").toString();
            new InspectJob(
                            new InspectSettings(from, inspected, null, new HeldOut(0.25, false), 1, 0.05, false),
                            session,
                            console)
                    .run();
            TrainSettings train = with(settings(data, run), "validation", new HeldOut(0.25, false));
            new TrainJob(train, session, console).run();
            JsonNode trained = report(run);
            String evaluated = dir.resolve(of + "-evaluate").toString();
            new EvaluateJob(new EvaluateSettings(model, from, evaluated, 0.05, false), session, console).run();
            CalibrateSettings.Fresh fresh = new CalibrateSettings.Fresh(from, LabelSource.LAYOUT, 0.05);
            new CalibrateJob(
                            new CalibrateSettings(model, RecalibrationMethod.TEMPERATURE, null, fresh),
                            session,
                            console)
                    .run();
            Path study = dir.resolve(of + "-study");
            new StudyJob(
                            new StudySettings(with(train, "out", study.toString()), List.of(0.0, 0.1), 1, false),
                            session,
                            console)
                    .run();
            return new Results(
                    timeless(read(of + "-inspect/report.json")),
                    comparable(trained),
                    timeless(read(of + "-evaluate/report.json")),
                    read(of + "-run/calibration.json"),
                    read(of + "-study/study.json").get("table"),
                    Files.readAllBytes(run.resolve("model.safetensors")));
        }
    }

    @Test
    void commandsGiveTheSameOnBoth() throws IOException {
        try (Session session = Session.start("train", "local[2]")) {
            Path packed = dir.resolve("packed");
            try (ConsoleProgress console = ConsoleProgress.silent()) {
                new PackJob(new PackSettings(pets.toString(), packed.toString(), 15), session, console).run();
            }
            Results loose = results("loose", pets, session);
            Results shards = results("packed", packed, session);
            assertEquals(loose.inspected(), shards.inspected());
            assertEquals(loose.trained(), shards.trained());
            assertEquals(loose.evaluated(), shards.evaluated());
            assertEquals(loose.calibrated(), shards.calibrated());
            assertEquals(2, loose.studied().size());
            assertEquals(loose.studied(), shards.studied());
            assertArrayEquals(loose.weights(), shards.weights());
        }
    }
}
