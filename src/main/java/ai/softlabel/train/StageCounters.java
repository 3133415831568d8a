package ai.softlabel.train;

import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Named accumulators, for the stage's page in the Spark UI. Nothing is computed from them: a task that is repeated
 * counts twice.
 */
record StageCounters(LongAccumulator steps, LongAccumulator pictures) implements Serializable {
    static StageCounters of(JavaSparkContext spark) {
        return new StageCounters(
                spark.sc().longAccumulator("steps, by task"), spark.sc().longAccumulator("pictures trained on"));
    }

    void add(long doneSteps, long donePictures) {
        steps.add(doneSteps);
        pictures.add(donePictures);
    }
}
