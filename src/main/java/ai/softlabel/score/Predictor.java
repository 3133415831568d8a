package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.data.Normalization;
import ai.softlabel.network.Body;
import ai.softlabel.network.Head;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;

/**
 * Scores every picture of an RDD: the centre crop through the network in inference mode. A picture's logits do not
 * depend on its neighbours, its partition or the executor: all batches have the same size, the last one is padded.
 *
 * @param architecture the network's name
 * @param classes number of classes
 * @param folded whether the model's BatchNorms are folded into the convolutions
 * @param imageSize side of the crop in pixels
 * @param flip whether logits are averaged over the crop and its mirror image
 * @param threads OpenMP threads per task
 */
public record Predictor(
        String architecture,
        int classes,
        boolean folded,
        int imageSize,
        boolean flip,
        Normalization normalization,
        int threads)
        implements Serializable {
    private static final Calibrator PLAIN = new Calibrator.None();

    /** A function of a partition's items that runs on a native thread. */
    private interface Work<T, R> extends Serializable {
        /** @param partition the partition of the RDD that is computed, whichever task computes it */
        List<R> of(int partition, List<T> items, ModelState state);
    }

    /** Predictions, in the examples' order and partitions; lazy. */
    public JavaRDD<Prediction> predict(JavaRDD<Example> examples, Broadcast<ModelState> state) {
        return predictFeatures(features(examples, state, Views.scored(flip)), state);
    }

    /** The body's features, in the examples' order and partitions; lazy. */
    public JavaRDD<Features> features(JavaRDD<Example> examples, Broadcast<ModelState> state, Views views) {
        return examples.mapPartitionsWithIndex(work(state, (partition, all, of) -> features(all, of, views)), true);
    }

    /**
     * The head's predictions from features; equal to {@link #predict} if the features are those of the same body.
     *
     * @param features features that include the views for scoring
     */
    public JavaRDD<Prediction> predictFeatures(JavaRDD<Features> features, Broadcast<ModelState> state) {
        return features.mapPartitionsWithIndex(work(state, this::score), true);
    }

    private <T, R> Function2<Integer, Iterator<T>, Iterator<R>> work(Broadcast<ModelState> state, Work<T, R> work) {
        return (partition, items) -> {
            List<T> all = new ArrayList<>();
            items.forEachRemaining(all::add);
            if (all.isEmpty()) {
                return List.<R>of().iterator();
            }
            try (NativeThread thread = NativeThread.borrow(threads)) {
                return thread.call(() -> work.of(partition, all, state.value())).iterator();
            }
        };
    }

    private List<Features> features(List<Example> all, ModelState state, Views views) {
        Model model = Model.of(architecture, classes, folded);
        int batch = Body.batch(imageSize);
        List<Features> out = new ArrayList<>();
        all.forEach(e -> out.add(new Features(e.name(), e.annotation(), e.rank(), new float[views.count()][])));
        try (Body body = new Body(model, batch, imageSize, state.weights(), state.statistics())) {
            for (int at = 0; at < all.size(); at += batch) {
                int n = Math.min(batch, all.size() - at);
                for (int v = 0; v < views.count(); v++) {
                    for (int i = 0; i < n; i++) {
                        Example e = all.get(at + i);
                        views.crop(e, v, imageSize)
                                .write(
                                        e.pixels(),
                                        imageSize,
                                        normalization,
                                        body.input(),
                                        i * 3 * imageSize * imageSize);
                    }
                    float[] found = body.forward();
                    for (int i = 0; i < n; i++) {
                        out.get(at + i).views()[v] =
                                Arrays.copyOfRange(found, i * model.features(), (i + 1) * model.features());
                    }
                }
            }
        }
        return out;
    }

    private List<Prediction> score(int partition, List<Features> all, ModelState state) {
        Model model = Model.of(architecture, classes, folded);
        int batch = Body.batch(imageSize);
        List<Prediction> out = new ArrayList<>();
        try (Head head = new Head(model, batch, state.weights(), null, null)) {
            for (int at = 0; at < all.size(); at += batch) {
                List<Features> some = all.subList(at, Math.min(at + batch, all.size()));
                float[] logits = logits(head, some, 0);
                if (flip) {
                    float[] plain = logits.clone();
                    logits = logits(head, some, 1);
                    for (int i = 0; i < logits.length; i++) {
                        logits[i] = (plain[i] + logits[i]) / 2;
                    }
                }
                for (int i = 0; i < some.size(); i++) {
                    float[] own = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
                    out.add(new Prediction(some.get(i).name(), some.get(i).label(), partition, own, PLAIN.apply(own)));
                }
            }
        }
        return out;
    }

    private static float[] logits(Head head, List<Features> some, int view) {
        for (int i = 0; i < some.size(); i++) {
            float[] own = some.get(i).views()[view];
            System.arraycopy(own, 0, head.input(), i * own.length, own.length);
        }
        return head.forward(head.input());
    }
}
