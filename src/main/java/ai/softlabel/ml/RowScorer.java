package ai.softlabel.ml;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import ai.softlabel.Sha256;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.command.predict.Answers;
import ai.softlabel.network.Body;
import ai.softlabel.network.ModelState;
import ai.softlabel.rows.PictureColumn;
import ai.softlabel.rows.RowFiles;
import ai.softlabel.run.PredictedPicture.Confidence;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Predictor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Scores the rows of a partition, a batch at a time: memory holds one batch of rows. The compiled network stays with
 * the process's native threads.
 *
 * @param column the place of the pictures
 * @param answers when to abstain, and the prediction sets; or null where neither is asked for
 * @param invalid what becomes of a picture that can't be used: error, skip or keep
 */
record RowScorer(
        PictureColumn kind,
        int column,
        String invalid,
        Predictor predictor,
        Broadcast<ModelState> state,
        Calibrator calibrator,
        Broadcast<Answers> answers,
        OutputColumns columns,
        SerializableConfiguration configuration)
        implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1;

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        return new Scored(rows);
    }

    private final class Scored implements Iterator<Row> {
        private final int partition = TaskContext.getPartitionId();
        private final RowFiles files = RowFiles.paths(configuration.value());
        private final Iterator<Row> rows;
        private Iterator<Row> ready = List.<Row>of().iterator();

        Scored(Iterator<Row> rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            while (!ready.hasNext() && rows.hasNext()) {
                ready = batch();
            }
            return ready.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.next();
        }

        private Iterator<Row> batch() {
            int size = Body.batch(predictor.imageSize());
            List<Row> taken = new ArrayList<>();
            // Null where the picture can't be used.
            List<Example> examples = new ArrayList<>();
            while (taken.size() < size && rows.hasNext()) {
                Row row = rows.next();
                Example example = example(row, taken.size());
                if (example != null || invalid.equals("keep")) {
                    taken.add(row);
                    examples.add(example);
                }
            }
            Iterator<Prediction> predictions = predictor.stream(
                    partition, examples.stream().filter(e -> e != null).iterator(), state.value());
            List<Row> out = new ArrayList<>();
            for (int i = 0; i < taken.size(); i++) {
                out.add(row(taken.get(i), examples.get(i) == null ? null : predictions.next()));
            }
            return out.iterator();
        }

        private Example example(Row row, int place) {
            try {
                Pixels pixels = kind.pixels(row.get(column), predictor.preparation(), files);
                // The random share of a prediction set follows from the name.
                String name = columns.predictionSet().isEmpty() ? Integer.toString(place) : Sha256.of(pixels.rgb());
                return new Example(name, new Annotation(new int[0], 1, null, Part.TEST), place, pixels);
            } catch (IOException e) {
                if (invalid.equals("error")) {
                    throw new IllegalArgumentException(
                            "expected pictures that can be used, found one that can't: " + e.getMessage()
                                    + "; set handleInvalid to skip or keep",
                            e);
                }
                return null;
            }
        }
    }

    private Row row(Row in, Prediction p) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < in.size(); i++) {
            values.add(in.get(i));
        }
        Prediction calibrated = p == null
                ? null
                : new Prediction(p.path(), p.label(), p.partition(), p.logits(), calibrator.apply(p.logits()));
        Confidence own =
                p == null || answers == null ? Confidence.NONE : answers.value().of(calibrated, columns.classes());
        add(values, columns.rawPrediction(), p, () -> Vectors.dense(doubles(p.logits())));
        add(values, columns.probability(), p, () -> Vectors.dense(calibrated.probabilities()));
        add(values, columns.prediction(), p, () -> (double) calibrated.predicted());
        add(values, columns.abstain(), p, own::abstain);
        add(values, columns.predictionSet(), p, () -> own.set().toArray(String[]::new));
        return RowFactory.create(values.toArray());
    }

    /** Null where there is no prediction. */
    private static void add(List<Object> values, String column, Prediction p, Supplier<Object> value) {
        if (!column.isEmpty()) {
            values.add(p == null ? null : value.get());
        }
    }

    private static double[] doubles(float[] values) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i];
        }
        return out;
    }
}
