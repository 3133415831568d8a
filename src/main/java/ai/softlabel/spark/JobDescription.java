package ai.softlabel.spark;

import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** What Spark's UI says of the jobs that this thread starts, until it is closed; then it says what it said before. */
public final class JobDescription implements AutoCloseable {
    private static final String PROPERTY = "spark.job.description";

    private final SparkContext spark;
    private final String before;

    private JobDescription(SparkContext spark) {
        this.spark = spark;
        this.before = spark.getLocalProperty(PROPERTY);
    }

    /** Describes the jobs that follow. */
    public static JobDescription of(JavaSparkContext spark, String text) {
        JobDescription of = new JobDescription(spark.sc());
        spark.sc().setJobDescription(text);
        return of;
    }

    @Override
    public void close() {
        spark.setJobDescription(before);
    }
}
