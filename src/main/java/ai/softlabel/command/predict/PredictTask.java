package ai.softlabel.command.predict;

import ai.softlabel.Example;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.data.PictureStream;
import ai.softlabel.data.Source;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import ai.softlabel.run.PredictedFile;
import ai.softlabel.run.PredictedPicture;
import ai.softlabel.run.RejectionFile;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Predictor;
import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A partition from files to a file: its pictures are read, decoded, scored and written, a batch at a time. The file
 * appears whole, after that of the rejections; a partition whose file is there is finished, and only looked at. Tasks
 * may be repeated, and run twice at once: they write the same rows.
 */
final class PredictTask implements Function<PredictTask.Slice, PartitionResult> {
    private static final long serialVersionUID = 1;

    /** The name of its progress. */
    static final String PROGRESS = "predict";

    private final Source source;
    private final Predictor predictor;
    private final Broadcast<ModelState> state;
    private final Calibrator calibrator;
    private final Broadcast<Answers> answers;
    private final ArrayList<String> classes;
    private final PredictPlan plan;
    private final String out;
    private final SerializableConfiguration configuration;

    PredictTask(
            Source source,
            Predictor predictor,
            Broadcast<ModelState> state,
            Calibrator calibrator,
            Broadcast<Answers> answers,
            List<String> classes,
            PredictPlan plan,
            Directory out,
            Configuration configuration) {
        this.source = source;
        this.predictor = predictor;
        this.state = state;
        this.calibrator = calibrator;
        this.answers = answers;
        this.classes = new ArrayList<>(classes);
        this.plan = plan;
        this.out = out.path("");
        this.configuration = new SerializableConfiguration(configuration);
    }

    /**
     * A partition's pictures, by name.
     *
     * @param file the name of its files, without their endings
     */
    record Slice(int partition, String file, List<String> names) implements Serializable {
        /** Below {@code --out}: the partition's file. */
        String table() {
            return file + ".parquet";
        }
    }

    @Override
    public PartitionResult call(Slice slice) throws IOException {
        Directory run = Directory.of("out", out, configuration.value());
        Directory table = run.sub(PredictJob.TABLE);
        PartitionResult before = finished(table, slice);
        if (before != null) {
            new TaskCount(PROGRESS, slice.partition()).before(slice.names().size());
            return before;
        }
        PictureStream pictures =
                new PictureStream(source, predictor.preparation(), slice.names().iterator());
        TaskCount count = new TaskCount(PROGRESS, slice.partition());
        Rows rows = new Rows(slice, pictures, count);
        Answers a = answers.value();
        PredictedFile.Written written = new PredictedFile.Written(
                plan.allProbabilities(),
                a.score() != null,
                a.abstains(),
                a.sets() != null,
                calibrator instanceof Calibrator.Labels);
        // Of two attempts that run at once, each writes a file of its own.
        String writer = "-" + TaskContext.get().taskAttemptId();
        table.write(slice.table(), writer, stream -> {
            PredictedFile.write(stream, rows, written, () -> PartitionResult.of(pictures.seen(), rows.abstained)
                    .notes());
            if (!pictures.seen().rejected().isEmpty()) {
                RejectionFile.part(pictures.seen().rejected(), run, slice.file(), writer);
            }
        });
        count.end();
        return PartitionResult.of(pictures.seen(), rows.abstained);
    }

    private static int seen(PictureStream pictures) {
        return (int) pictures.seen().used() + pictures.seen().rejected().size();
    }

    private PartitionResult finished(Directory table, Slice slice) {
        String name = slice.table();
        if (!table.has(name)) {
            return null;
        }
        try {
            Map<String, String> notes = PredictedFile.notes(table.path(name), configuration.value());
            return PartitionResult.of(notes);
        } catch (IOException | RuntimeException e) {
            // Damaged: it is written again.
            return null;
        }
    }

    /** The partition's rows, made one by one as they are read. */
    private final class Rows implements Iterator<PredictedPicture> {
        private final Iterator<Prediction> predictions;
        private final PictureStream pictures;
        private final TaskCount count;
        private int counted;
        private long abstained;

        Rows(Slice slice, PictureStream pictures, TaskCount count) {
            this.pictures = pictures;
            this.count = count;
            Iterator<Example> examples = pictures;
            this.predictions = predictor.stream(slice.partition(), examples, state.value());
        }

        @Override
        public boolean hasNext() {
            boolean more = predictions.hasNext();
            count.add(seen(pictures) - counted);
            counted = seen(pictures);
            return more;
        }

        @Override
        public PredictedPicture next() {
            Prediction p = predictions.next();
            Prediction calibrated =
                    new Prediction(p.path(), p.label(), p.partition(), p.logits(), calibrator.apply(p.logits()));
            PredictedPicture.Confidence own = calibrator instanceof Calibrator.Labels l
                    ? Answers.labels(calibrated, l, classes)
                    : answers.value().of(calibrated, classes);
            abstained += Boolean.TRUE.equals(own.abstain()) ? 1 : 0;
            return PredictedPicture.of(calibrated, classes, plan.topK(), plan.allProbabilities(), own);
        }
    }
}
