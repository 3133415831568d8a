package ai.softlabel.command.bench;

import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.files.Directory;
import ai.softlabel.live.EventPublisher;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingEvents;
import ai.softlabel.run.Build;
import ai.softlabel.run.Json;
import ai.softlabel.score.Observation;
import ai.softlabel.score.Predictor;
import ai.softlabel.spark.ProcessMemory;
import ai.softlabel.train.ExchangeProbe;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.Trainer;
import ai.softlabel.train.TrainingSet;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * {@code bench}: measures steps, scoring and the exchange between executors, and prints a JSON line, of scoring one for
 * each engine and precision.
 */
public final class BenchJob {
    /**
     * Additional pictures in the longer of two passes; the difference in time leaves out what is done once per pass.
     */
    private static final int MORE_PICTURES = 600;

    /** Pictures of which int8 takes the ranges of values. */
    private static final int CALIBRATED_ON = 32;

    private final BenchSettings settings;
    private final Session session;
    private final PrintStream out;

    /** @param out where the line is printed */
    public BenchJob(BenchSettings settings, Session session, PrintStream out) {
        this.settings = settings;
        this.session = session;
        this.out = out;
    }

    /** Measures, and prints a line. */
    public void run() throws IOException {
        List<ObjectNode> lines =
                switch (settings.which()) {
                    case "train" -> List.of(train());
                    case "inference" -> inference();
                    case "exchange" -> List.of(exchange());
                    case "watching" -> List.of(watching());
                    default -> throw new IllegalArgumentException(settings.which() + " needs several clusters");
                };
        for (ObjectNode line : lines) {
            out.print(Json.line(line));
        }
        out.flush();
    }

    ObjectNode train() throws IOException {
        PreparedTraining prepared = prepare();
        Recipe recipe = prepared.recipe();
        Trainer trainer = prepared.trainer(session);
        TrainingSet set = prepared.trainingSet(null);
        Snapshot start = Snapshot.start(prepared.initial(), recipe);
        trainer.measure(start, set, 3, true);
        Trainer.Measured[] rounds = new Trainer.Measured[settings.rounds()];
        for (int i = 0; i < rounds.length; i++) {
            rounds[i] = trainer.measure(start, set, settings.steps(), true);
        }
        Arrays.sort(
                rounds, (a, b) -> Double.compare(a.times().total(), b.times().total()));
        Trainer.Measured m = rounds[rounds.length / 2];
        ObjectNode line = head(recipe)
                .put("images_per_second", recipe.batchSize() / m.times().total())
                .put("step_seconds", m.times().total())
                .put("data", m.times().data())
                .put("compute", m.times().compute())
                .put("exchange", m.times().exchange())
                .put("wait", m.times().waiting())
                .put("compute_jitter", m.times().jitter())
                .put("overhead", m.times().total() / m.times().compute() - 1)
                .put("bytes_per_executor_and_step", m.bytesSent() / (double) m.executors() / settings.steps())
                .put("model_bytes", 4L * prepared.model().size())
                .put("peak_resident_bytes", m.peakResident());
        line.putArray("images_per_second_of_rounds")
                .addAll(Arrays.stream(rounds)
                        .map(r -> line.numberNode(recipe.batchSize() / r.times().total()))
                        .toList());
        return line;
    }

    /** Each way to score in turns, round by round. */
    private List<ObjectNode> inference() throws IOException {
        PreparedTraining prepared = prepare();
        var state = session.spark().broadcast(prepared.initial());
        JavaRDD<Example> once = prepared.pictures().parts().get(Part.TEST).examples();
        int count = prepared.pictures().count(Part.TEST);
        int copies = 1 + (MORE_PICTURES + count - 1) / count;
        JavaRDD<Example> often =
                once.flatMap(e -> Collections.nCopies(copies, e).iterator());
        List<BenchSettings.Scoring> ways = settings.scoring();
        List<Predictor> predictors =
                ways.stream().map(w -> predictor(prepared, w)).toList();
        for (Predictor p : predictors) {
            p.predict(often, state).count();
        }
        double pictures = (copies - 1) * (double) count;
        double[][] rates = new double[ways.size()][settings.rounds()];
        double[][] ratios = new double[ways.size()][settings.rounds()];
        for (int round = 0; round < settings.rounds(); round++) {
            for (int w = 0; w < rates.length; w++) {
                Predictor p = predictors.get(w);
                double less = seconds(() -> p.predict(once, state).count());
                rates[w][round] =
                        pictures / (seconds(() -> p.predict(often, state).count()) - less);
                ratios[w][round] = rates[w][round] / rates[0][round];
            }
        }
        List<ObjectNode> lines = new ArrayList<>();
        for (int w = 0; w < rates.length; w++) {
            Arrays.sort(rates[w]);
            Arrays.sort(ratios[w]);
            int middle = settings.rounds() / 2;
            lines.add(head(prepared.recipe())
                    .put("engine", ways.get(w).engine().toString())
                    .put("precision", ways.get(w).int8() ? "int8" : "float32")
                    .put("images_per_second", rates[w][middle])
                    .put("over_first", ratios[w][middle])
                    .put("peak_resident_bytes", ProcessMemory.peakResident()));
        }
        return lines;
    }

    private static Predictor predictor(PreparedTraining prepared, BenchSettings.Scoring way) {
        Predictor own = prepared.predictor().with(way.engine());
        if (!way.int8()) {
            return own;
        }
        List<Example> some =
                prepared.pictures().parts().get(Part.TEST).examples().take(CALIBRATED_ON);
        return own.int8(Observation.of(own, prepared.initial(), some.iterator()));
    }

    private ObjectNode exchange() throws IOException {
        int executors = session.cluster().executors();
        if (executors < 2) {
            throw JobException.options(
                    "expected --master with at least two executors, found %s; give for example local-cluster[2,1,4096]",
                    session.spark().master());
        }
        Recipe recipe = prepare().recipe();
        int size = recipe.model().size();
        ExchangeProbe.Result r = ExchangeProbe.run(
                session.spark(),
                executors,
                size,
                settings.steps() * settings.rounds(),
                recipe.optimization().exchange(),
                settings.setup().stepTimeout());
        double whole = 4.0 * size;
        return head(recipe)
                .put("exchange", r.seconds())
                .put("bytes_per_executor_and_step", r.bytesPerStep())
                .put("model_bytes", (long) whole)
                .put("bytes_over_ideal_float32", r.bytesPerStep() / (2.0 * (executors - 1) / executors * whole));
    }

    /** Compares steps that report progress to the driver with steps that do not, in alternation. */
    private ObjectNode watching() throws IOException {
        PreparedTraining prepared = prepare();
        Trainer trainer = prepared.trainer(session);
        TrainingSet set = prepared.trainingSet(null);
        Snapshot start = Snapshot.start(prepared.initial(), prepared.recipe());
        double[] reported = new double[settings.rounds()];
        double[] silent = new double[settings.rounds()];
        double[] ratios = new double[settings.rounds()];
        try (EventPublisher events = new EventPublisher(session.spark())) {
            events.started(TrainingEvents.run("", prepared));
            trainer.measure(start, set, 3, true);
            for (int i = 0; i < ratios.length; i++) {
                boolean first = i % 2 == 0;
                double a = trainer.measure(start, set, settings.steps(), first)
                        .times()
                        .total();
                double b = trainer.measure(start, set, settings.steps(), !first)
                        .times()
                        .total();
                reported[i] = first ? a : b;
                silent[i] = first ? b : a;
                ratios[i] = reported[i] / silent[i];
            }
        }
        for (double[] all : new double[][] {reported, silent, ratios}) {
            Arrays.sort(all);
        }
        int middle = ratios.length / 2;
        return head(prepared.recipe())
                .put("step_seconds_watched", reported[middle])
                .put("step_seconds_unwatched", silent[middle])
                .put("ratio", ratios[middle])
                .put("lowest_ratio", ratios[0])
                .put("highest_ratio", ratios[ratios.length - 1]);
    }

    private PreparedTraining prepare() throws IOException {
        Directory scratch = Directory.of(
                "out",
                Files.createTempDirectory("softlabel-bench").toString(),
                session.spark().hadoopConfiguration());
        // Print nothing besides the result line.
        try (ConsoleProgress nothing = ConsoleProgress.silent()) {
            return PreparedTraining.of(settings.setup(), session, nothing, scratch);
        } finally {
            scratch.delete("");
        }
    }

    private ObjectNode head(Recipe r) {
        return Json.object()
                .put("case", settings.which())
                .put("git", Build.current().git())
                .put("master", session.spark().master())
                .put("executors", session.cluster().executors())
                .put("architecture", r.architecture())
                .put("image_size", r.imageSize())
                .put("store_size", r.hyperparameters().storedSide())
                .put("batch_size", r.batchSize())
                .put("replicas", r.replicas())
                .put("wire", r.optimization().exchange().toString())
                .put("steps", settings.steps())
                .put("rounds", settings.rounds());
    }

    private static double seconds(Runnable work) {
        long startTime = System.nanoTime();
        work.run();
        return (System.nanoTime() - startTime) / 1e9;
    }
}
