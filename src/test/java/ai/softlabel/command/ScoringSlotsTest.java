package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.data.HeldOut;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Which tasks score, and what predictions.parquet says of it. */
class ScoringSlotsTest extends JobFixture {
    /** The tasks of the stage that first computes the predictions of a part. */
    private static final class FirstStage extends SparkListener {
        private final Map<String, Integer> tasks = new ConcurrentHashMap<>();

        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted event) {
            StageInfo stage = event.stageInfo();
            CollectionConverters.asJava(stage.rddInfos()).stream()
                    .filter(rdd -> rdd.name().endsWith("pictures, predictions"))
                    .forEach(rdd -> tasks.putIfAbsent(rdd.name() + " " + rdd.id(), stage.numTasks()));
        }
    }

    @Test
    void allSlotsScoreAndTheTableNamesThePartitionsOfTheReport() throws IOException {
        Path run = dir.resolve("run");
        FirstStage first = new FirstStage();
        try (Session session = Session.start("study", "local[2]")) {
            session.spark().sc().addSparkListener(first);
            JsonNode report = train(
                    with(
                            with(with(settings(pets, run), "epochs", 1), "validation", new HeldOut(0.25, false)),
                            "scoreTraining",
                            true),
                    session);
            Dataset<Row> table = session.sql()
                    .read()
                    .parquet(run.resolve("predictions.parquet").toString());
            Map<Integer, Long> counts = new TreeMap<>();
            for (Row r :
                    table.filter("split = 'test'").groupBy("partition").count().collectAsList()) {
                counts.put(r.getInt(0), r.getLong(1));
            }
            Map<Integer, Long> reported = new TreeMap<>();
            report.get("partitions")
                    .forEach(p ->
                            reported.put(p.get("id").asInt(), p.get("count").asLong()));
            assertEquals(reported, counts);
            assertEquals(2, counts.size());
            List<Row> others = table.filter("split <> 'test'")
                    .select("split", "partition")
                    .distinct()
                    .collectAsList();
            assertEquals(4, others.size(), others.toString());
        }
        for (String part : List.of("train", "validation", "test")) {
            assertTrue(first.tasks.keySet().stream().anyMatch(k -> k.startsWith(part)), part + " in " + first.tasks);
        }
        first.tasks.forEach((rdd, tasks) -> assertTrue(tasks >= 2, rdd + ": " + tasks + " tasks"));
    }
}
