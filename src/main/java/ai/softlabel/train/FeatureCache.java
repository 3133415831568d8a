package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.Seeds;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.data.Crop;
import ai.softlabel.model.Body;
import ai.softlabel.model.ModelState;
import ai.softlabel.model.ResNet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/** Computes a frozen body's features once for each picture and view, and keeps them in Spark's storage. */
final class FeatureCache {
    private FeatureCache() {}

    /** The features of every example, in the same partitions; computed when this returns. */
    static JavaRDD<Features> of(JavaRDD<Example> examples, Recipe recipe, Broadcast<ModelState> state, int threads) {
        JavaRDD<Features> features = examples.mapPartitions(it -> compute(it, recipe, state.value(), threads))
                .setName("features of a frozen body")
                .persist(StorageLevel.MEMORY_AND_DISK());
        features.count();
        return features;
    }

    private static Iterator<Features> compute(
            Iterator<Example> examples, Recipe recipe, ModelState state, int threads) {
        List<Example> all = new ArrayList<>();
        examples.forEachRemaining(all::add);
        ResNet model = recipe.model();
        int views = recipe.augmentation().views();
        int batch = Body.batch(recipe.testSize());
        List<Features> out = new ArrayList<>();
        all.forEach(e -> out.add(new Features(e.name(), e.label(), e.rank(), new float[views][])));
        try (NativeThread thread = NativeThread.borrow(threads)) {
            thread.call(() -> {
                try (Body body = new Body(model, batch, recipe.testSize(), state.weights(), state.statistics())) {
                    for (int v = 0; v < views; v++) {
                        for (int at = 0; at < all.size(); at += batch) {
                            batch(body, recipe, all, at, v, model.features(), out);
                        }
                    }
                }
                return null;
            });
        }
        return out.iterator();
    }

    /** The middle, as it is scored, and its mirror image; further views are random. */
    private static Crop crop(Example e, Recipe recipe, int view) {
        return view < 2
                ? Crop.center(e.pixels(), recipe.testSize(), view == 1)
                : Crop.random(
                        e.pixels(),
                        recipe.augmentation().minScale(),
                        Seeds.stream(recipe.seed(), "augment", view, e.name()));
    }

    private static void batch(
            Body body, Recipe recipe, List<Example> all, int at, int view, int features, List<Features> out) {
        int size = recipe.testSize();
        int n = Math.min(Body.batch(size), all.size() - at);
        for (int i = 0; i < n; i++) {
            Example e = all.get(at + i);
            crop(e, recipe, view).write(e.pixels(), size, recipe.normalization(), body.input(), i * 3 * size * size);
        }
        float[] found = body.forward();
        for (int i = 0; i < n; i++) {
            out.get(at + i).views()[view] = Arrays.copyOfRange(found, i * features, (i + 1) * features);
        }
    }
}
