package ai.softlabel.pipeline;

import ai.softlabel.Example;
import ai.softlabel.data.Thumbnail;
import ai.softlabel.report.Misclassification;
import ai.softlabel.score.Prediction;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Finds the misclassified pictures with the highest confidence. */
public final class WorstMisclassifications {
    private static final int MOST = 12;

    private WorstMisclassifications() {}

    private record Wrong(String path, int label, int predicted, double confidence) implements Serializable {
        static final Comparator<Wrong> ORDER =
                Comparator.comparingDouble((Wrong w) -> -w.confidence()).thenComparing(Wrong::path);
    }

    public static List<Misclassification> of(
            JavaRDD<Prediction> predictions, JavaRDD<Example> examples, List<String> classes) {
        List<Wrong> worst = predictions
                .filter(p -> p.predicted() != p.label())
                .map(p -> new Wrong(p.path(), p.label(), p.predicted(), p.probabilities()[p.predicted()]))
                .mapPartitions(it -> {
                    List<Wrong> all = new ArrayList<>();
                    it.forEachRemaining(all::add);
                    all.sort(Wrong.ORDER);
                    return all.subList(0, Math.min(MOST, all.size())).iterator();
                })
                .collect()
                .stream()
                .sorted(Wrong.ORDER)
                .limit(MOST)
                .toList();
        Set<String> names = worst.stream().map(Wrong::path).collect(Collectors.toSet());
        Map<String, byte[]> pictures = new HashMap<>(examples.filter(e -> names.contains(e.name()))
                .mapToPair(e -> new Tuple2<>(e.name(), Thumbnail.jpeg(e.pixels())))
                .collectAsMap());
        return worst.stream()
                .map(w -> new Misclassification(
                        w.path(),
                        classes.get(w.label()),
                        classes.get(w.predicted()),
                        w.confidence(),
                        pictures.get(w.path())))
                .toList();
    }
}
