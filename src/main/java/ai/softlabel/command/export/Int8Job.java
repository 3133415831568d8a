package ai.softlabel.command.export;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Seeds;
import ai.softlabel.calibrate.FittedCalibrators;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Names;
import ai.softlabel.data.PictureStream;
import ai.softlabel.data.Source;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ActivationRanges;
import ai.softlabel.network.ModelState;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TaskProgress;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.Json;
import ai.softlabel.run.PredictionFiles;
import ai.softlabel.score.Observation;
import ai.softlabel.score.Predictor;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.JobDescription;
import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * {@code export --precision int8}: measures the ranges of the network's values on training pictures, scores pictures
 * that the run did not learn from in float32 and in int8, fits int8's own temperature, and writes the file where
 * {@link Int8Check} accepts it.
 */
public final class Int8Job {
    private static final String PROGRESS = "int8";
    /** How many pictures the two precisions are compared on. */
    private static final int MOST_COMPARED = 5000;

    /** Of very many classes fewer pictures, so that the driver holds the logits of both precisions: 200 MB. */
    private static final int MOST_LOGITS = 25_000_000;

    private final ExportSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory run;

    public Int8Job(ExportSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.run = Directory.of("model", settings.model(), session.spark().hadoopConfiguration());
    }

    /** An order of names that is the same each time, and has nothing to do with them. */
    private record Drawn(long seed) implements Comparator<Tuple2<String, Integer>>, Serializable {
        @Override
        public int compare(Tuple2<String, Integer> a, Tuple2<String, Integer> b) {
            int order = Long.compare(Seeds.key(seed, "int8", a._1()), Seeds.key(seed, "int8", b._1()));
            return order != 0 ? order : a._1().compareTo(b._1());
        }
    }

    /** What is compared, by name with the label and in order, and what is calibrated on. */
    private record Chosen(String part, Map<String, Integer> compared, List<String> training) {}

    /**
     * Writes the file.
     *
     * @throws JobException of status 3 where int8 is not good enough, or the pictures are not the run's
     */
    public void run() throws IOException {
        TrainedModel trained = TrainedModel.read(run);
        ExportedFile file = new ExportedFile(settings, console, session.spark().hadoopConfiguration());
        Source pictures;
        Chosen chosen;
        try (Names names = Listed.names(settings.int8().data(), session, console)) {
            pictures = names.source();
            chosen = chosen(names, trained);
        }
        JavaSparkContext spark = session.spark();
        Broadcast<ModelState> state = spark.broadcast(trained.state());
        try {
            Predictor floats = trained.predictor(
                    session.cluster().threads(session.cluster().slots()));
            ActivationRanges ranges = ranges(floats, state, pictures, chosen.training());
            List<Labelled> before = score("float32", floats, state, pictures, chosen);
            List<Labelled> after = score("int8", floats.int8(ranges), state, pictures, chosen);
            FittedCalibrators own = fitted(after);
            Int8Check check = Int8Check.of(before, after, crossFitted(fitted(before)), crossFitted(own));
            check.require();
            console.print("%s", check.line());
            file.write(trained, ranges, own.best(), metadata(check, chosen));
        } finally {
            Broadcasts.destroy(state);
        }
    }

    /** By tasks, for a run may have more names than the driver holds. */
    private Chosen chosen(Names names, TrainedModel trained) {
        JavaPairRDD<String, Integer> validation = labels(Part.VALIDATION);
        JavaPairRDD<String, Integer> test = labels(Part.TEST);
        boolean validated = !validation.isEmpty();
        JavaPairRDD<String, Integer> held = validated ? validation : test;
        JavaPairRDD<String, Integer> pictures = names.pictures().mapToPair(n -> new Tuple2<>(n, Layouts.UNKNOWN));
        JavaPairRDD<String, Integer> compared = held.join(pictures).mapValues(both -> both._1());
        JavaPairRDD<String, Integer> training = pictures.subtractByKey(validation.union(test));
        long all = held.count();
        long found = compared.count();
        long others = training.count();
        if (found < all || all == 0 || others == 0) {
            throw JobException.input(
                    "expected the run's pictures at --data %s, found %d of the %d that it was not trained on, and %d others; give the run's own data",
                    settings.int8().data() == null
                            ? "built-in"
                            : settings.int8().data(),
                    found,
                    all,
                    others);
        }
        Drawn order = new Drawn(trained.card().seed());
        int most = Math.max(
                1, Math.min(MOST_COMPARED, MOST_LOGITS / trained.model().classes()));
        Map<String, Integer> some = new LinkedHashMap<>();
        compared.takeOrdered(most, order).forEach(p -> some.put(p._1(), p._2()));
        return new Chosen(
                validated ? "validation" : "test",
                some,
                training.takeOrdered(settings.int8().pictures(), order).stream()
                        .map(Tuple2::_1)
                        .toList());
    }

    private JavaPairRDD<String, Integer> labels(Part part) {
        if (!run.has("predictions.parquet")) {
            throw JobException.input(
                    "expected a finished run with predictions.parquet at --model %s, found none; give the --out of a finished train",
                    run);
        }
        return PredictionFiles.read(session.sql(), run, PredictionFiles.split(part))
                .mapToPair(p -> new Tuple2<>(p.path(), p.label()));
    }

    private ActivationRanges ranges(
            Predictor predictor, Broadcast<ModelState> state, Source source, List<String> names) {
        console.print("calibrating int8 on %d training pictures", names.size());
        List<ActivationRanges> found;
        try (JobDescription what = JobDescription.of(session.spark(), "calibrate int8")) {
            found = session.spark()
                    .parallelize(names, partitions(names))
                    .mapPartitions(some -> {
                        PictureStream pictures = new PictureStream(source, predictor.preparation(), some);
                        ActivationRanges own = Observation.of(predictor, state.value(), pictures);
                        return (own == null ? List.<ActivationRanges>of() : List.of(own)).iterator();
                    })
                    .collect();
        }
        return found.stream()
                .reduce(ActivationRanges::plus)
                .orElseThrow(() -> JobException.input(
                        "expected training pictures that can be decoded, found none of %d; raise --pictures",
                        names.size()));
    }

    private int partitions(List<String> names) {
        return Math.min(names.size(), session.cluster().slots());
    }

    /** The predictions of the pictures that can be decoded, in the pictures' order. */
    private List<Labelled> score(
            String precision, Predictor predictor, Broadcast<ModelState> state, Source source, Chosen chosen) {
        List<String> names = List.copyOf(chosen.compared().keySet());
        int partitions = partitions(names);
        List<Labelled> found;
        try (TaskProgress progress = TaskProgress.ofPictures(PROGRESS, partitions, console, precision, names.size());
                JobDescription what = JobDescription.of(session.spark(), "score in " + precision)) {
            found = session.spark()
                    .parallelize(names, partitions)
                    .mapPartitionsWithIndex(
                            (partition, some) -> {
                                PictureStream pictures = new PictureStream(source, predictor.preparation(), some);
                                TaskCount count = new TaskCount(PROGRESS, partition);
                                List<Labelled> out = new ArrayList<>();
                                predictor.stream(partition, pictures, state.value())
                                        .forEachRemaining(p -> {
                                            out.add(new Labelled(p.path(), p.logits(), p.label()));
                                            count.add(1);
                                        });
                                count.end();
                                return out.iterator();
                            },
                            false)
                    .collect();
        }
        if (found.isEmpty()) {
            throw JobException.input(
                    "expected pictures to compare that can be decoded, found none of %d; give the run's own data",
                    names.size());
        }
        return found.stream()
                .map(p -> new Labelled(p.name(), p.logits(), chosen.compared().get(p.name())))
                .toList();
    }

    private FittedCalibrators fitted(List<Labelled> data) {
        return FittedCalibrators.of(session.sql(), data, RecalibrationMethod.TEMPERATURE);
    }

    private static Function<Labelled, double[]> crossFitted(FittedCalibrators fitted) {
        return d -> fitted.crossFitted().without(d).apply(d.logits());
    }

    private static Map<String, String> metadata(Int8Check check, Chosen chosen) {
        return Map.of(
                "precision",
                "int8",
                "int8",
                Json.object()
                        .put("calibrated_on", chosen.training().size())
                        .put("compared_on", check.count())
                        .put("part", chosen.part())
                        .put("error", check.error())
                        .put("error_float32", check.floatError())
                        .put("ece", check.ece())
                        .put("ece_float32", check.floatEce())
                        .put("ece_limit", check.limit())
                        .toString());
    }
}
