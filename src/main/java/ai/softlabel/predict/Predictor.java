package ai.softlabel.predict;

import ai.softlabel.Example;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.data.Crop;
import ai.softlabel.data.Normalization;
import ai.softlabel.model.Body;
import ai.softlabel.model.Head;
import ai.softlabel.model.ModelState;
import ai.softlabel.model.ResNet;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;

/**
 * Scores every picture of an RDD: the middle crop, through the network in inference mode. A picture's logits don't
 * depend on its neighbours, its partition or the executor: batches always have the same size, the last one padded.
 *
 * @param depth the ResNet's depth
 * @param classes number of classes
 * @param folded whether the states that it is given are those of a folded model
 * @param imageSize side of the crop
 * @param flip whether logits are the mean over the crop and its mirror image
 * @param threads OpenMP threads of a task
 */
public record Predictor(
        int depth, int classes, boolean folded, int imageSize, boolean flip, Normalization normalization, int threads)
        implements Serializable {
    private static final Calibrator PLAIN = new Calibrator.None();

    /** Predictions, in the examples' order and partitions; computed when they are asked for. */
    public JavaRDD<Prediction> predict(JavaRDD<Example> examples, Broadcast<ModelState> state) {
        return examples.mapPartitions(it ->
                it.hasNext() ? score(it, state.value()) : List.<Prediction>of().iterator());
    }

    private Iterator<Prediction> score(Iterator<Example> examples, ModelState state) {
        int partition = TaskContext.getPartitionId();
        List<Example> all = new ArrayList<>();
        examples.forEachRemaining(all::add);
        try (NativeThread thread = NativeThread.borrow(threads)) {
            return thread.call(() -> {
                ResNet model = new ResNet(depth, classes, folded);
                int batch = Body.batch(imageSize);
                try (Body body = new Body(model, batch, imageSize, state.weights(), state.statistics());
                        Head head = new Head(model, batch, state.weights(), null, null)) {
                    List<Prediction> out = new ArrayList<>();
                    for (int at = 0; at < all.size(); at += batch) {
                        batch(body, head, all.subList(at, Math.min(at + batch, all.size())), partition, out);
                    }
                    return out.iterator();
                }
            });
        }
    }

    private float[] logits(Body body, Head head, List<Example> examples, boolean mirrored) {
        for (int i = 0; i < examples.size(); i++) {
            Example e = examples.get(i);
            Crop.center(e.pixels(), imageSize, mirrored)
                    .write(e.pixels(), imageSize, normalization, body.input(), i * 3 * imageSize * imageSize);
        }
        return head.forward(body.forward());
    }

    private void batch(Body body, Head head, List<Example> examples, int partition, List<Prediction> out) {
        float[] logits = logits(body, head, examples, false);
        if (flip) {
            float[] plain = logits.clone();
            logits = logits(body, head, examples, true);
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (plain[i] + logits[i]) / 2;
            }
        }
        for (int i = 0; i < examples.size(); i++) {
            float[] own = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
            out.add(new Prediction(examples.get(i).name(), examples.get(i).label(), partition, own, PLAIN.apply(own)));
        }
    }
}
