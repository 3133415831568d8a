package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.Ranked;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Preparation;
import ai.softlabel.network.ActivationRanges;
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
 * @param engine what computes predictions; features are BigDL's
 * @param ranges of the network's values, by which ONNX Runtime computes the body in 8 bits; null for float32
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
        boolean several,
        ScoringEngine engine,
        ActivationRanges ranges)
        implements Serializable {
    /** The name of its progress, in pictures. */
    public static final String PROGRESS = "score";

    private static final Calibrator PLAIN = new Calibrator.None();

    /** A predictor with BigDL's engine. */
    public Predictor(
            String architecture,
            int classes,
            boolean folded,
            PictureSizes sizes,
            boolean flip,
            Normalization normalization,
            Decoding decoding,
            int threads,
            boolean several) {
        this(
                architecture,
                classes,
                folded,
                sizes,
                flip,
                normalization,
                decoding,
                threads,
                several,
                ScoringEngine.BIGDL,
                null);
    }

    /** The same with another engine, in float32. */
    public Predictor with(ScoringEngine other) {
        return scoring(other, null);
    }

    /** The same in ONNX Runtime, in 8 bits. */
    public Predictor int8(ActivationRanges of) {
        return scoring(ScoringEngine.ONNXRUNTIME, of);
    }

    private Predictor scoring(ScoringEngine by, ActivationRanges of) {
        return new Predictor(
                architecture, classes, folded, sizes, flip, normalization, decoding, threads, several, by, of);
    }

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
                (partition, items) -> stream(partition, items, () -> new Whole(this, partition, state.value())), true);
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

    private record Whole(CompiledNetwork network, int partition) implements BatchStream.Work<Example, Prediction> {
        Whole(Predictor predictor, int partition, ModelState state) {
            this(CompiledNetwork.of(predictor, Body.batch(predictor.imageSize()), state), partition);
        }

        @Override
        public List<Prediction> of(List<Example> some) {
            return network.score(partition, some);
        }

        @Override
        public void close() {
            network.close();
        }
    }

    /** Writes a view of at most a batch where a network reads it: planes of red, green and blue, normalised. */
    void write(List<Example> some, Views views, int view, float[] input) {
        int side = views.size(view);
        for (int i = 0; i < some.size(); i++) {
            Example e = some.get(i);
            views.crop(e, view).write(views.pixels(e, view), side, normalization, input, i * 3 * side * side);
        }
    }

    /** The features of at most a batch. */
    List<Features> features(Bodies bodies, List<Example> some, Views views) {
        int size = model().features();
        float[][][] found = new float[some.size()][views.count()][];
        for (int v = 0; v < views.count(); v++) {
            Body body = bodies.of(views.size(v));
            write(some, views, v, body.input());
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
        return predictions(partition, some, logits(head, some));
    }

    /**
     * Predictions from logits.
     *
     * @param logits (pictures, classes) row-major
     */
    List<Prediction> predictions(int partition, List<? extends Ranked> some, float[] logits) {
        Calibrator plainly = several ? Calibrator.Labels.plain(classes) : PLAIN;
        List<Prediction> out = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            Ranked f = some.get(i);
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
