package ai.softlabel.report;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.files.Directory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.stream.StreamSupport;

/** {@code calibration.json}: the calibrator that belongs to a run's model. */
public final class CalibrationFile {
    private static final String FILE = "calibration.json";

    private CalibrationFile() {}

    /** A calibrator's method and parameters. */
    public static ObjectNode json(Calibrator calibrator) {
        ObjectNode n = Json.object().put("method", calibrator.method());
        if (calibrator instanceof Calibrator.Temperature t) {
            n.put("temperature", t.temperature());
        } else if (calibrator instanceof Calibrator.Vector v) {
            for (double s : v.scale()) {
                n.withArray("scale").add(s);
            }
            for (double s : v.shift()) {
                n.withArray("shift").add(s);
            }
        }
        return n;
    }

    public static void write(Calibrator calibrator, Directory run) throws IOException {
        run.writeText(FILE, Json.pretty(json(calibrator)));
    }

    /** A run's calibrator; none where there is no file. */
    public static Calibrator read(Directory run) throws IOException {
        if (!run.has(FILE)) {
            return new Calibrator.None();
        }
        JsonNode n = Json.parse(run.readText(FILE));
        return switch (n.path("method").asText()) {
            case "none" -> new Calibrator.None();
            case "temperature" ->
                new Calibrator.Temperature(n.path("temperature").asDouble());
            case "vector" -> new Calibrator.Vector(numbers(n.path("scale")), numbers(n.path("shift")));
            default ->
                throw JobException.input(
                        "expected a method of none, temperature or vector in %s, found %s; run softlabel calibrate again",
                        run.path(FILE), n.path("method"));
        };
    }

    private static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }
}
