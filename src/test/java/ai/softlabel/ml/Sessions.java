package ai.softlabel.ml;

import ai.softlabel.data.SampleFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** A plain Spark application, as a user's, and pictures in its DataFrames. */
final class Sessions {
    private Sessions() {}

    static SparkSession start() {
        return SparkSession.builder()
                .master("local[2]")
                .appName("a user's")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "2")
                .getOrCreate();
    }

    /** Files of the built-in sample. */
    static void pictures(Path dir, int breeds, int train, int test) throws IOException {
        SampleFiles.pets(dir, breeds, train, test);
    }

    /** Rows of binaryFile with the breed of the file's name. */
    static Dataset<Row> binaryFiles(SparkSession spark, Path images) {
        return spark.read()
                .format("binaryFile")
                .option("pathGlobFilter", "*.jpg")
                .load(images.toString())
                .withColumn("breed", functions.regexp_extract(functions.col("path"), "([^/]+)_\\d+\\.jpg$", 1))
                .repartition(3);
    }

    static ImageClassifier small() {
        return new ImageClassifier()
                .setFeaturesCol("content")
                .setLabelCol("breed")
                .setImageSize(64)
                .setBatchSize(16)
                .setReplicas(2)
                .setEpochs(1);
    }
}
