package ai.softlabel.command.predict;

import ai.softlabel.data.Source;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import ai.softlabel.pipeline.CountProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TaskProgress;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.JobDescription;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Classifies partitions of pictures with a model, on all slots. */
record SliceScoring(
        Session session, TrainedModel trained, Source source, PredictPlan plan, Answers answers, Directory out) {
    /**
     * Classifies the pictures of partitions.
     *
     * @param slices one in each of its partitions, at least one
     * @param pictures how many there are
     */
    PartitionResult run(JavaRDD<PredictTask.Slice> slices, CountProgress count, int pictures) {
        JavaSparkContext spark = session.spark();
        int partitions = slices.getNumPartitions();
        Broadcast<ModelState> sent = spark.broadcast(trained.state());
        Broadcast<Answers> sentAnswers = spark.broadcast(answers);
        try (JobDescription what = JobDescription.of(spark, "predict " + pictures + " pictures");
                TaskProgress progress = new TaskProgress(PredictTask.PROGRESS, partitions, count)) {
            PredictTask task = new PredictTask(
                    source,
                    trained.predictor(session.cluster()
                            .threads(Math.min(partitions, session.cluster().slots()))),
                    sent,
                    trained.calibrator(),
                    sentAnswers,
                    trained.card().classes(),
                    plan,
                    out,
                    spark.hadoopConfiguration());
            return slices.map(task).setName("pictures, predicted").reduce(PartitionResult::plus);
        } finally {
            Broadcasts.destroy(sent);
            Broadcasts.destroy(sentAnswers);
        }
    }
}
