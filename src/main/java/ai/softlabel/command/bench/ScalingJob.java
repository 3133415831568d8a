package ai.softlabel.command.bench;

import ai.softlabel.JobException;
import ai.softlabel.bench.CostModel;
import ai.softlabel.bench.CostModel.Batching;
import ai.softlabel.bench.CostModel.Computed;
import ai.softlabel.bench.CostModel.Exchanged;
import ai.softlabel.bench.CostModel.Step;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.Session;
import ai.softlabel.report.ScalingReport;
import ai.softlabel.report.ScalingReport.Check;
import ai.softlabel.run.Json;
import ai.softlabel.train.ExchangeProbe;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;

/**
 * {@code bench scaling}: measures steps and exchanges on small local clusters, fits the cost model to them, and
 * predicts step times for up to 1,024 executors. Each cluster is a Spark application of its own.
 */
public final class ScalingJob {
    private static final int MOST_EXECUTORS = 1024;
    private static final int LEAST_BATCH = 8;
    private static final int FEW_FLOATS = 1 << 10;
    private static final int MANY_STEPS = 1000;
    private static final int LEAST_FLOATS = 1 << 20;
    private static final double EFFICIENT = 0.9;
    private static final int EXECUTOR_MEMORY = 2048;

    private final BenchSettings settings;
    private final PrintStream out;
    private final int cores = Runtime.getRuntime().availableProcessors();
    private final List<ObjectNode> lines = new ArrayList<>();
    private final List<Computed> computed = new ArrayList<>();
    private final List<Exchanged> exchanged = new ArrayList<>();
    private double jitter;
    private double update;

    public ScalingJob(BenchSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * Measures, fits and predicts; prints a JSON line for each result and, with {@code --out}, writes a table and a
     * chart.
     */
    public void run() throws IOException {
        int own = settings.setup().hyperparameters().batchSize();
        if (own < LEAST_BATCH) {
            throw JobException.options(
                    "expected --batch-size of at least %d, to measure smaller batches too, found %d; raise it",
                    LEAST_BATCH, own);
        }
        if (settings.executors().stream().noneMatch(n -> n <= cores)
                || settings.executors().stream().distinct().count() < 2) {
            throw JobException.options(
                    "expected --executors with two different numbers, one of them at most this machine's %d cores, found %s; add one",
                    cores, settings.executors());
        }
        for (int batch = own / 4; batch <= own; batch *= 2) {
            ObjectNode line = alone(batch);
            computed.add(new Computed(batch, line.get("compute").asDouble()));
            jitter = line.get("compute_jitter").asDouble();
            update = line.get("exchange").asDouble();
        }
        long bytes = lines.get(0).get("model_bytes").asLong() / 4 * wireBytes();
        settings.executors().forEach(n -> exchanges(n, (int) (bytes / wireBytes())));
        CostModel here = CostModel.fit(
                computed, jitter, exchanged.stream().filter(this::fitted).toList(), update);
        print(Json.object()
                .put("case", "scaling fit")
                .put("base_seconds", here.base())
                .put("seconds_per_picture", here.perPicture())
                .put("jitter_seconds", here.jitter())
                .put("seconds_per_phase", here.phase())
                .put("seconds_per_message", here.message())
                .put("seconds_per_byte", here.perByte())
                .put("update_seconds", here.update()));
        List<Check> checks = checks(here, bytes);
        checks.forEach(c -> print(c.json()));
        CostModel there = here.over(settings.gigabits() * 1e9 / 8, settings.latencyMillis() / 1e3);
        List<ScalingReport.Row> rows = new ArrayList<>();
        for (int n = 1; n <= MOST_EXECUTORS; n *= 2) {
            Step step = there.step(n, new Batching(own, 1), bytes);
            rows.add(new ScalingReport.Row(n, own, step, there.reach(EFFICIENT, n, bytes)));
        }
        rows.forEach(r -> print(r.json()));
        if (settings.out() != null) {
            Directory folder = Directory.of("out", settings.out(), new Configuration());
            StringBuilder all = new StringBuilder();
            lines.forEach(l -> all.append(Json.line(l)));
            folder.writeText("scaling.jsonl", all.toString());
            folder.writeText("scaling.md", ScalingReport.markdown(checks, rows, EFFICIENT));
            folder.writeText("scaling.svg", ScalingReport.svg(rows));
        }
    }

    private int wireBytes() {
        return settings.setup().hyperparameters().optimization().exchange().bytes();
    }

    /** Measures steps of one replica on one thread. */
    private ObjectNode alone(int batch) throws IOException {
        return steps("local[1]", batch, 1);
    }

    private ObjectNode steps(String master, int batch, int replicas) throws IOException {
        BenchSettings train = new BenchSettings(
                "train",
                settings.setup().toBuilder()
                        .replicas(replicas)
                        .hyperparameters(settings.setup().hyperparameters().toBuilder()
                                .batchSize(batch)
                                .build())
                        .build(),
                settings.steps(),
                settings.rounds(),
                settings.executors(),
                settings.gigabits(),
                settings.latencyMillis(),
                null);
        try (Session session = Session.start("bench", master)) {
            ObjectNode line = new BenchJob(train, session, out).train();
            print(line);
            return line;
        }
    }

    /**
     * Whether a measurement is used to fit: the smallest exchanges show the cost of messages, larger ones that of bytes
     * if each executor has a core.
     */
    private boolean fitted(Exchanged e) {
        return e.bytes() <= (long) FEW_FLOATS * wireBytes() || e.turns() == 1;
    }

    /**
     * Measures exchanges of a few floats, enough of them for the JVM to compile the code, and of three sizes up to the
     * model's.
     */
    private void exchanges(int executors, int floats) {
        try (Session session = Session.start("bench", cluster(executors))) {
            for (int size : new int[] {FEW_FLOATS, LEAST_FLOATS, (LEAST_FLOATS + floats) / 2, floats}) {
                session.cluster();
                ExchangeProbe.Result r = ExchangeProbe.run(
                        session.spark(),
                        executors,
                        size,
                        size == FEW_FLOATS ? MANY_STEPS : settings.steps(),
                        settings.setup().hyperparameters().optimization().exchange(),
                        settings.setup().stepTimeout());
                // Executors that share a core run in turns.
                exchanged.add(new Exchanged(
                        executors, (long) size * wireBytes(), Math.max(1, executors / (double) cores), r.seconds()));
                print(Json.object()
                        .put("case", "exchange")
                        .put("executors", executors)
                        .put("floats", size)
                        .put("exchange", r.seconds())
                        .put("bytes_per_executor_and_step", r.bytesPerStep()));
            }
        }
    }

    private static String cluster(int executors) {
        return "local-cluster[" + executors + ",1," + EXECUTOR_MEMORY + "]";
    }

    /** Compares the model with the measurements, and with a whole step that it was not fitted to. */
    private List<Check> checks(CostModel model, long bytes) throws IOException {
        List<Check> checks = new ArrayList<>();
        for (Exchanged e : exchanged) {
            checks.add(new Check(
                    String.format(Locale.ROOT, "exchange of %.3g MB, %d executors", e.bytes() / 1e6, e.executors()),
                    fitted(e),
                    e.seconds(),
                    model.exchange(e.executors(), e.bytes(), e.turns())));
        }
        int batch = settings.setup().hyperparameters().batchSize();
        ObjectNode step = steps("local-cluster[2,1," + 2 * EXECUTOR_MEMORY + "]", 2 * batch, 2);
        checks.add(new Check(
                "whole step, 2 executors, " + batch + " pictures each",
                false,
                step.get("step_seconds").asDouble(),
                model.step(2, new Batching(batch, 1), bytes).seconds()
                        + step.get("data").asDouble()));
        return checks;
    }

    private void print(ObjectNode line) {
        lines.add(line);
        out.print(Json.line(line));
        out.flush();
    }
}
