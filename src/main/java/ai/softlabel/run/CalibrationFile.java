package ai.softlabel.run;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.files.Directory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
            add(n.putArray("scale"), v.scale());
            add(n.putArray("shift"), v.shift());
        } else if (calibrator instanceof Calibrator.Platt p) {
            add(n.putArray("scale"), p.scale());
            add(n.putArray("shift"), p.shift());
        } else if (calibrator instanceof Calibrator.Isotonic i) {
            n.put("count", i.count());
            ArrayNode curves = n.putArray("curves");
            for (int c = 0; c < i.at().length; c++) {
                ObjectNode curve = curves.addObject();
                add(curve.putArray("at"), i.at()[c]);
                add(curve.putArray("value"), i.value()[c]);
            }
        }
        return n;
    }

    private static void add(ArrayNode array, double[] values) {
        for (double v : values) {
            array.add(v);
        }
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
            case "platt" -> new Calibrator.Platt(numbers(n.path("scale")), numbers(n.path("shift")));
            case "isotonic" ->
                new Calibrator.Isotonic(
                        curves(n, "at"), curves(n, "value"), n.path("count").asInt());
            default ->
                throw JobException.input(
                        "expected a method of none, temperature, vector, platt or isotonic in %s, found %s; run softlabel calibrate again",
                        run.path(FILE), n.path("method"));
        };
    }

    private static double[][] curves(JsonNode n, String of) {
        return StreamSupport.stream(n.path("curves").spliterator(), false)
                .map(c -> numbers(c.path(of)))
                .toArray(double[][]::new);
    }

    private static double[] numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }
}
