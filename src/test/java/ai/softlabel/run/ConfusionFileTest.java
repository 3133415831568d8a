package ai.softlabel.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.files.Directory;
import ai.softlabel.score.Prediction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfusionFileTest {
    @TempDir
    Path dir;

    private static Prediction prediction(int i, int label, int predicted, int classes) {
        double[] probabilities = new double[classes];
        probabilities[predicted] = 1;
        return new Prediction("p" + i, label, 0, new float[classes], probabilities);
    }

    /** Every picture is taken for another class, each pair of classes once; one pair more often. */
    private List<ConfusionCell> written(JavaSparkContext spark, int classes, int pictures) throws IOException {
        List<Integer> numbers = IntStream.range(0, pictures).boxed().toList();
        List<String> names =
                IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
        Directory out = Directory.of("out", dir.toString(), new Configuration());
        return PredictionFiles.confusion(
                spark.parallelize(numbers, 4).map(i -> {
                    int label = i % classes;
                    int predicted = i < 10 ? label : (label + 1 + i / classes) % classes;
                    return i >= pictures - 7 ? prediction(i, 3, 1, classes) : prediction(i, label, predicted, classes);
                }),
                names,
                out);
    }

    @Test
    void manyClassesHaveTheMostFrequentCellsAndTheDiagonal() throws IOException {
        try (JavaSparkContext spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[2]")
                .setAppName("confusion")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1"))) {
            List<ConfusionCell> few = written(spark, 20, 390);
            assertEquals(390, few.stream().mapToLong(ConfusionCell::count).sum());
            List<ConfusionCell> many = written(spark, 250, 12_000);
            assertEquals(
                    10,
                    many.stream().filter(c -> c.label().equals(c.predicted())).count());
            assertEquals(PredictionFiles.MOST_CONFUSIONS + 10, many.size());
            assertTrue(many.stream()
                    .anyMatch(c -> c.label().equals("class 3") && c.predicted().equals("class 1") && c.count() >= 7));
        }
    }
}
