package ai.softlabel.command.bench;

import ai.softlabel.Seeds;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.score.Prediction;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Answers of a model that there is not, as many as wanted: uniform noise over the classes, and for three in four
 * pictures the correct one on top. They are made anew in each pass and stored nowhere.
 *
 * @param pictures how many
 * @param classes at least 2
 */
record MadeAnswers(int pictures, int classes) implements Serializable {
    private static final int PER_PARTITION = 5000;
    private static final int MOST_NUMBERS = 50_000_000;
    private static final double CORRECT = 0.75;
    private static final float NOISE = 4;

    JavaRDD<Prediction> rdd(JavaSparkContext spark) {
        int each = Math.max(1, Math.min(PER_PARTITION, MOST_NUMBERS / classes));
        int partitions = (pictures + each - 1) / each;
        List<Integer> numbers = IntStream.range(0, partitions).boxed().toList();
        MadeAnswers own = this;
        return spark.parallelize(numbers, partitions).mapPartitions(it -> own.partition(it.next(), each));
    }

    /** The classes' names. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            names.add(String.format(Locale.ROOT, "class_%05d", c));
        }
        return names;
    }

    private Iterator<Prediction> partition(int number, int each) {
        int first = number * each;
        return IntStream.range(first, Math.min(pictures, first + each))
                .mapToObj(i -> prediction(i, number))
                .iterator();
    }

    private Prediction prediction(int i, int partition) {
        String path = "made/" + i;
        long state = Seeds.key(1, "answer", path) | 1;
        int label = i % classes;
        float[] logits = new float[classes];
        for (int c = 0; c < classes; c++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            logits[c] = (state >>> 40) * NOISE / (1 << 24);
        }
        boolean correct = (state >>> 11) * 0x1p-53 < CORRECT;
        logits[correct ? label : (int) ((state >>> 33) % classes)] += NOISE + (float) Math.log(classes);
        return new Prediction(path, label, partition, logits, new Calibrator.None().apply(logits));
    }
}
