package ai.softlabel.run;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.LabelCalibration;
import ai.softlabel.files.Directory;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** {@code calibration.json}: a run's calibrator, when its model may answer, and its prediction sets. */
public final class CalibrationFile {
    public static final String FILE = "calibration.json";
    private static final int SCHEMA = 1;

    private CalibrationFile() {}

    /** A calibrator's method and parameters. */
    public static ObjectNode json(Calibrator calibrator) {
        ObjectNode n = Json.object().put("method", calibrator.method());
        if (calibrator instanceof Calibrator.Temperature t) {
            n.put("temperature", t.temperature());
        } else if (calibrator instanceof Calibrator.MixedTemperature t) {
            start(n, t);
        } else if (calibrator instanceof Calibrator.StructuredVector v) {
            start(n, v.start());
            add(n.putArray("scale"), v.scale());
            add(n.putArray("shift"), v.shift());
        } else if (calibrator instanceof Calibrator.StructuredMatrix m) {
            start(n, m.start());
            ArrayNode rows = n.putArray("matrix");
            for (double[] row : m.matrix()) {
                add(rows.addObject().putArray("row"), row);
            }
            add(n.putArray("shift"), m.shift());
        } else if (calibrator instanceof Calibrator.Labels l) {
            add(n.putArray("scale"), l.scale());
            add(n.putArray("shift"), l.shift());
            add(n.putArray("threshold"), l.threshold());
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
        } else if (calibrator instanceof Calibrator.Beta b) {
            add(n.putArray("a"), b.a());
            add(n.putArray("b"), b.b());
            add(n.putArray("c"), b.c());
        }
        return n;
    }

    private static void start(ObjectNode n, Calibrator.MixedTemperature t) {
        n.put("temperature", t.temperature()).put("count", t.count());
    }

    private static void add(ArrayNode array, double[] values) {
        for (double v : values) {
            array.add(v);
        }
    }

    /** Writes a calibrator alone. */
    public static void write(Calibrator calibrator, Directory run) throws IOException {
        write(Calibration.of(calibrator), run);
    }

    public static void write(Calibration c, Directory run) throws IOException {
        ObjectNode n = Json.object().put("schema", SCHEMA);
        n.setAll(json(c.calibrator()));
        if (c.selection() != null) {
            n.set("selection", ConfidenceJson.json(c.selection()));
        }
        if (c.sets() != null) {
            n.set("sets", ConfidenceJson.json(c.sets()));
        }
        run.writeText(FILE, Json.pretty(n));
    }

    /**
     * Reads a run's calibrator; {@code none} if there is no file. A file without a schema number was written by version
     * 0.1 and has the same fields.
     *
     * @param classes the model's number of classes, which the parameters must fit
     * @throws JobException of status 3 if the file is damaged or does not fit the model
     */
    public static Calibrator read(Directory run, int classes) {
        return readAll(run, classes).calibrator();
    }

    /**
     * Reads all of it; a file of an older version has a calibrator alone. Errors are those of {@link #read}.
     *
     * @param classes the model's number of classes
     */
    public static Calibration readAll(Directory run, int classes) {
        if (!run.has(FILE)) {
            return Calibration.of(new Calibrator.None());
        }
        RunFile f = RunFile.read(run, FILE);
        if (f.has("schema")) {
            f.whole("schema", SCHEMA, SCHEMA);
        }
        return new Calibration(
                calibrator(f, classes),
                f.has("selection") ? ConfidenceJson.selection(f.child("selection")) : null,
                f.has("sets") ? ConfidenceJson.sets(f.child("sets"), classes) : null);
    }

    /**
     * Reads the calibrator of a run of several labels; the sigmoid and thresholds of 1/2 if there is no file. Errors
     * are those of {@link #read}.
     */
    public static Calibration readLabels(Directory run, int classes) {
        if (!run.has(FILE)) {
            return Calibration.of(Calibrator.Labels.plain(classes));
        }
        RunFile f = RunFile.read(run, FILE);
        f.whole("schema", SCHEMA, SCHEMA);
        String method = f.text("method");
        if (!LabelCalibration.METHODS.contains(method)) {
            throw f.wrong("method", "one of " + LabelCalibration.METHODS);
        }
        double[] thresholds = f.numbers("threshold", classes);
        if (!Arrays.stream(thresholds).allMatch(t -> t >= 0 && t <= 1)) {
            throw f.wrong("threshold", "probabilities from 0 to 1");
        }
        return Calibration.of(
                new Calibrator.Labels(method, f.numbers("scale", classes), f.numbers("shift", classes), thresholds));
    }

    static Calibrator calibrator(RunFile f, int classes) {
        return switch (f.text("method")) {
            case "none" -> new Calibrator.None();
            case "temperature" ->
                new Calibrator.Temperature(f.number("temperature", Double.MIN_NORMAL, Double.POSITIVE_INFINITY));
            case "vector" -> new Calibrator.Vector(f.numbers("scale", classes), f.numbers("shift", classes));
            case "platt" -> new Calibrator.Platt(f.numbers("scale", classes), f.numbers("shift", classes));
            case "isotonic" -> isotonic(f, classes);
            case "beta" -> beta(f, classes);
            case "temperature-mixed" -> start(f);
            case "structured-vector" ->
                new Calibrator.StructuredVector(start(f), f.numbers("scale", classes), f.numbers("shift", classes));
            case "structured-matrix" -> matrix(f, classes);
            default -> throw f.wrong("method", "none or another of softlabel's recalibrations");
        };
    }

    private static Calibrator beta(RunFile f, int classes) {
        for (String name : List.of("a", "b")) {
            if (!Arrays.stream(f.numbers(name, classes)).allMatch(v -> v >= 0)) {
                throw f.wrong(name, "numbers of at least 0, of curves that never fall");
            }
        }
        return new Calibrator.Beta(f.numbers("a", classes), f.numbers("b", classes), f.numbers("c", classes));
    }

    private static Calibrator.MixedTemperature start(RunFile f) {
        return new Calibrator.MixedTemperature(
                f.number("temperature", Double.MIN_NORMAL, Double.POSITIVE_INFINITY),
                (int) f.whole("count", 1, Integer.MAX_VALUE));
    }

    private static Calibrator matrix(RunFile f, int classes) {
        double[][] rows = new double[classes][];
        List<RunFile> all = f.children("matrix", classes);
        for (int c = 0; c < classes; c++) {
            rows[c] = all.get(c).numbers("row", classes);
        }
        return new Calibrator.StructuredMatrix(start(f), rows, f.numbers("shift", classes));
    }

    private static boolean rises(double[] values, double least, double most) {
        double before = least;
        for (double v : values) {
            if (!(v >= before && v <= most)) {
                return false;
            }
            before = v;
        }
        return true;
    }

    private static Calibrator isotonic(RunFile f, int classes) {
        double[][] at = new double[classes][];
        double[][] value = new double[classes][];
        List<RunFile> curves = f.children("curves", classes);
        for (int c = 0; c < classes; c++) {
            at[c] = curves.get(c).numbers("at", 0);
            value[c] = curves.get(c).numbers("value", at[c].length);
            if (!rises(at[c], Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY) || !rises(value[c], 0, 1)) {
                throw f.wrong("curves", "points of rising log-odds with rising probabilities from 0 to 1");
            }
        }
        return new Calibrator.Isotonic(at, value, (int) f.whole("count", 1, Integer.MAX_VALUE));
    }
}
