package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Preparation;
import ai.softlabel.network.Body;
import ai.softlabel.network.Head;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import ai.softlabel.spark.TaskCount;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;

/**
 * Scores every picture of an RDD: its {@linkplain Views views} through the network in inference mode. A picture's
 * logits do not depend on its neighbours, its partition or the executor: all batches have the same size, the last one
 * is padded.
 *
 * @param architecture the network's name
 * @param classes number of classes
 * @param folded whether the model's BatchNorms are folded into the convolutions
 * @param sizes sides of the centre crops that logits are averaged over
 * @param flip whether logits are averaged over these crops' mirror images too
 * @param decoding how files become the pictures that are scored
 * @param threads OpenMP threads per task
 * @param several whether pictures may have several classes: then each has a sigmoid of its own
 */
public record Predictor(
        String architecture,
        int classes,
        boolean folded,
        PictureSizes sizes,
        boolean flip,
        Normalization normalization,
        Decoding decoding,
        int threads,
        boolean several)
        implements Serializable {
    /** The name of its progress, in pictures. */
    public static final String PROGRESS = "score";

    private static final Calibrator PLAIN = new Calibrator.None();

    /** The size that pictures are stored for, and that batches follow from: the largest. */
    public int imageSize() {
        return sizes.largest();
    }

    /** What pictures are made by before they are scored. */
    public Preparation preparation() {
        return new Preparation(imageSize(), decoding);
    }

    /** The views that logits are averaged over. */
    public Views views() {
        return Views.scored(sizes, flip);
    }

    /** Predictions, in the examples' order and partitions; lazy. */
    public JavaRDD<Prediction> predict(JavaRDD<Example> examples, Broadcast<ModelState> state) {
        return examples.mapPartitionsWithIndex(
                (partition, items) -> stream(partition, items, () -> new Whole(partition, state.value())), true);
    }

    /** The body's features, in the examples' order and partitions; lazy. */
    public JavaRDD<Features> features(JavaRDD<Example> examples, Broadcast<ModelState> state, Views views) {
        return examples.mapPartitionsWithIndex(
                (partition, items) -> stream(partition, items, () -> new BodyWork(state.value(), views)), true);
    }

    /**
     * The head's predictions from features; equal to {@link #predict} if the features are those of the same body.
     *
     * @param features features that include the views for scoring
     */
    public JavaRDD<Prediction> predictFeatures(JavaRDD<Features> features, Broadcast<ModelState> state) {
        return features.mapPartitionsWithIndex(
                (partition, items) -> stream(partition, items, () -> new HeadWork(partition, state.value())), true);
    }

    /**
     * Predictions in the examples' order, a batch at a time while they are taken: memory holds one batch. The compiled
     * network stays with the process's native threads, for the next partition.
     */
    public Iterator<Prediction> stream(int partition, Iterator<Example> examples, ModelState state) {
        return new PredictionStream(this, partition, examples, state);
    }

    private <T, R> Iterator<R> stream(int partition, Iterator<T> items, Supplier<BatchStream.Work<T, R>> maker) {
        return new BatchStream<>(items, Body.batch(imageSize()), threads, maker, new TaskCount(PROGRESS, partition));
    }

    private final class BodyWork implements BatchStream.Work<Example, Features> {
        private final Bodies bodies;
        private final Views views;

        BodyWork(ModelState state, Views views) {
            this.bodies = new Bodies(Predictor.this, Body.batch(imageSize()), state);
            this.views = views;
        }

        @Override
        public List<Features> of(List<Example> some) {
            return features(bodies, some, views);
        }

        @Override
        public void close() {
            bodies.close();
        }
    }

    private final class HeadWork implements BatchStream.Work<Features, Prediction> {
        private final int partition;
        private final Head head;

        /** @param partition the partition of the RDD that is computed, whichever task computes it */
        HeadWork(int partition, ModelState state) {
            this.partition = partition;
            this.head = new Head(model(), Body.batch(imageSize()), state.weights(), null, null);
        }

        @Override
        public List<Prediction> of(List<Features> some) {
            return score(partition, some, head);
        }

        @Override
        public void close() {
            head.close();
        }
    }

    private final class Whole implements BatchStream.Work<Example, Prediction> {
        private final BodyWork body;
        private final HeadWork head;

        Whole(int partition, ModelState state) {
            body = new BodyWork(state, views());
            head = new HeadWork(partition, state);
        }

        @Override
        public List<Prediction> of(List<Example> some) {
            return head.of(body.of(some));
        }

        @Override
        public void close() {
            head.close();
            body.close();
        }
    }

    /** The features of at most a batch. */
    List<Features> features(Bodies bodies, List<Example> some, Views views) {
        int size = model().features();
        float[][][] found = new float[some.size()][views.count()][];
        for (int v = 0; v < views.count(); v++) {
            int side = views.size(v);
            Body body = bodies.of(side);
            for (int i = 0; i < some.size(); i++) {
                Example e = some.get(i);
                views.crop(e, v).write(e.pixels(), side, normalization, body.input(), i * 3 * side * side);
            }
            float[] all = body.forward();
            for (int i = 0; i < some.size(); i++) {
                found[i][v] = Arrays.copyOfRange(all, i * size, (i + 1) * size);
            }
        }
        List<Features> out = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            Example e = some.get(i);
            out.add(new Features(e.name(), e.annotation(), e.rank(), found[i]));
        }
        return out;
    }

    Model model() {
        return Model.of(architecture, classes, folded);
    }

    /** The predictions of at most a batch. */
    List<Prediction> score(int partition, List<Features> some, Head head) {
        float[] logits = logits(head, some);
        Calibrator plainly = several ? Calibrator.Labels.plain(classes) : PLAIN;
        List<Prediction> out = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            Features f = some.get(i);
            int[] labels = f.annotation().labels();
            int label = labels.length == 1 ? labels[0] : Layouts.UNKNOWN;
            float[] own = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
            out.add(new Prediction(f.name(), label, several ? labels : null, partition, own, plainly.apply(own)));
        }
        return out;
    }

    /** The mean over the views. */
    private float[] logits(Head head, List<Features> some) {
        int views = views().count();
        float[] mean = logits(head, some, 0).clone();
        for (int v = 1; v < views; v++) {
            float[] more = logits(head, some, v);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += more[i];
            }
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= views;
        }
        return mean;
    }

    private static float[] logits(Head head, List<Features> some, int view) {
        for (int i = 0; i < some.size(); i++) {
            float[] own = some.get(i).views()[view];
            System.arraycopy(own, 0, head.input(), i * own.length, own.length);
        }
        return head.forward(head.input());
    }
}
