package ai.softlabel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.command.bench.MadeFileSystem;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory of transform does not grow with the rows. */
@Tag("long")
class TransformMemoryTest {
    private static final int FEW = 2_000;
    private static final int MANY = 50_000;
    private static final double MOST_GROWTH = 1.1;
    private static final long SAMPLE_MILLIS = 1000;

    @TempDir
    Path dir;

    /** Rows of paths, each a picture of its own, in as many partitions for any number. */
    private static Dataset<Row> paths(SparkSession spark, int count) {
        return spark.range(0, count, 1, 4)
                .select(functions
                        .format_string(
                                "made://" + MANY + "/d%05d/p%08d.jpg",
                                functions.expr("cast(id div 1000 as int)"),
                                functions.expr("cast(id as int)"))
                        .as("path"));
    }

    /** The most bytes of the heap that were in use after a collection, while all rows are scored. */
    private static long scored(ImageClassificationModel model, Dataset<Row> rows, long count)
            throws InterruptedException {
        long[] answers = {0};
        Thread scoring = new Thread(() -> answers[0] = model.transform(rows)
                .filter(functions.expr("prediction in (0, 1) and probability is not null"))
                .count());
        scoring.start();
        long most = 0;
        while (scoring.isAlive()) {
            scoring.join(SAMPLE_MILLIS);
            System.gc();
            most = Math.max(
                    most,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        assertEquals(count, answers[0]);
        return most;
    }

    @Test
    void fiftyThousandPicturesTakeTheMemoryOfTwoThousand() throws IOException, InterruptedException {
        Sessions.pictures(dir, 2, 12, 2);
        SparkSession spark = Sessions.start();
        try {
            spark.sparkContext().hadoopConfiguration().set("fs.made.impl", MadeFileSystem.class.getName());
            ImageClassificationModel model = Sessions.small()
                    .setBatchSize(8)
                    .fit(Sessions.binaryFiles(spark, dir.resolve("images")))
                    .setFeaturesCol("path");
            // Classes, compiled networks and caches that later calls share.
            scored(model, paths(spark, FEW), FEW);
            long few = scored(model, paths(spark, FEW), FEW);
            long many = scored(model, paths(spark, MANY), MANY);
            System.out.println("live heap of " + FEW + " pictures: " + few + " bytes, of " + MANY + ": " + many);
            assertTrue(many <= MOST_GROWTH * few, "live heap " + few + " of " + FEW + ", " + many + " of " + MANY);
        } finally {
            spark.stop();
        }
    }
}
