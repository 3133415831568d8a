package ai.softlabel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.api.Classification;
import ai.softlabel.api.Classifier;
import ai.softlabel.api.SoftlabelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageClassifierTest {
    @TempDir
    static Path dir;

    private static SparkSession spark;
    private static Dataset<Row> rows;
    private static ImageClassificationModel model;
    private static Map<String, Row> scored;

    @BeforeAll
    static void train() throws IOException {
        Sessions.pictures(dir, 3, 16, 6);
        spark = Sessions.start();
        spark.sparkContext().setLocalProperty("spark.job.description", "the user's");
        rows = Sessions.binaryFiles(spark, dir.resolve("images")).cache();
        Map<String, String> settings = settings();
        model = Sessions.small()
                .setValidation(0.3)
                .setRecalibrate("temperature")
                .fit(rows);
        assertEquals(settings, settings());
        assertEquals("the user's", spark.sparkContext().getLocalProperty("spark.job.description"));
        assertEquals(1, spark.sparkContext().getPersistentRDDs().size(), "only the user's rows stay cached");
        scored = byPath(model.transform(rows));
    }

    @AfterAll
    static void stop() {
        assertFalse(spark.sparkContext().isStopped());
        spark.stop();
    }

    private static Map<String, String> settings() {
        Map<String, String> all = new HashMap<>();
        Arrays.stream(spark.sparkContext().getConf().getAll()).forEach(t -> all.put(t._1(), t._2()));
        return all;
    }

    private static Map<String, Row> byPath(Dataset<Row> data) {
        Map<String, Row> found = new HashMap<>();
        for (Row r : data.select("path", "rawPrediction", "probability", "prediction")
                .collectAsList()) {
            found.put(r.getString(0), r);
        }
        return found;
    }

    @Test
    void answersAreTheClassifiersOnTheSavedRun() throws IOException {
        String saved = dir.resolve("saved").toString();
        model.save(saved);
        assertEquals(66, scored.size());
        assertEquals("temperature", model.calibration());
        assertEquals(3, model.numClasses());
        assertEquals(1, model.summary().objectiveHistory().length);
        assertTrue(model.summary().objectiveHistory()[0] > 0);
        assertTrue(model.summary().report().contains("\"recalibrated\""));
        try (Classifier classifier = Classifier.load(saved + "/run")) {
            assertEquals(List.of(model.labels()), classifier.classes());
            for (Map.Entry<String, Row> e : scored.entrySet()) {
                Classification c = classifier.classify(Path.of(java.net.URI.create(e.getKey())));
                Vector p = e.getValue().getAs("probability");
                assertEquals(
                        c.probabilities(), Arrays.stream(p.toArray()).boxed().toList());
                int predicted = (int) e.getValue().<Double>getAs("prediction").doubleValue();
                assertEquals(c.label(), classifier.classes().get(predicted));
            }
        }
        assertEquals(scored, byPath(ImageClassificationModel.load(saved).transform(rows)));
        assertEquals(
                scored,
                byPath(ImageClassificationModel.fromRun(saved + "/run")
                        .setFeaturesCol("content")
                        .transform(rows)));
        assertThrows(SoftlabelException.class, () -> ImageClassificationModel.fromRun(dir.toString()));
    }

    @Test
    void theColumnsSayHowManyClassesThereAre() {
        StructType schema = model.transform(rows).schema();
        for (String column : List.of("rawPrediction", "probability")) {
            assertEquals(3, AttributeGroup.fromStructField(schema.apply(column)).size(), column);
        }
    }

    @Test
    void pathsContentAndImagesAreToldByTypeAndAnswerAlike() {
        assertEquals(
                scored,
                byPath(model.copy(ParamMap.empty()).setFeaturesCol("path").transform(rows)));
        Dataset<Row> images = spark.read()
                .format("image")
                .load(dir.resolve("images").toString())
                .withColumn("path", functions.regexp_replace(functions.col("image.origin"), "^file:/+", "file:/"));
        assertEquals(
                scored,
                byPath(model.copy(ParamMap.empty()).setFeaturesCol("image").transform(images)));
        IllegalArgumentException wrong = assertThrows(
                IllegalArgumentException.class,
                () -> model.copy(ParamMap.empty()).setFeaturesCol("length").transform(rows));
        assertTrue(wrong.getMessage().contains("found bigint"), wrong.getMessage());
    }

    private static double mean(Map<String, Row> answers, int label) {
        return answers.values().stream()
                .mapToDouble(r -> r.<Vector>getAs("probability").apply(label))
                .average()
                .orElseThrow();
    }

    @Test
    @Tag("spark")
    void trainingLearnsTheSameFromPathsContentAndImagesInAnyOrder() {
        Dataset<Row> named = rows.withColumn("name", functions.regexp_extract(functions.col("path"), "[^/]+$", 0));
        Dataset<Row> images = spark.read()
                .format("image")
                .load(dir.resolve("images").toString())
                .withColumn("path", functions.col("image.origin"))
                .withColumn("name", functions.regexp_extract(functions.col("image.origin"), "[^/]+$", 0))
                .withColumn("breed", functions.regexp_extract(functions.col("name"), "(.+)_\\d+\\.jpg$", 1));
        ImageClassifier classifier = Sessions.small().setNameCol("name");
        Map<String, Row> content = byPath(classifier.fit(named).transform(rows));
        Map<String, Row> path = byPath(classifier
                .copy(ParamMap.empty())
                .setFeaturesCol("path")
                .setWeightCol("weight")
                .fit(named.repartition(5).withColumn("weight", functions.lit(1)))
                .setFeaturesCol("content")
                .transform(rows));
        Map<String, Row> image = byPath(classifier
                .copy(ParamMap.empty())
                .setFeaturesCol("image")
                .fit(images)
                .setFeaturesCol("content")
                .transform(rows));
        assertEquals(content, path);
        assertEquals(content, image);
        assertFalse(content.equals(scored), "other rows and names, other weights");
        Dataset<Row> weighted = named.withColumn("weight", functions.expr("if(breed = 'Corlow', 5.0, 1.0)"));
        Map<String, Row> corlow = byPath(classifier
                .copy(ParamMap.empty())
                .setWeightCol("weight")
                .fit(weighted)
                .transform(rows));
        assertTrue(mean(corlow, 1) > mean(content, 1), mean(corlow, 1) + " and " + mean(content, 1));
    }

    @Test
    void aPictureThatCanNotBeUsedEndsTheJobIsSkippedOrKept() {
        Dataset<Row> broken = rows.limit(5)
                .withColumn(
                        "content",
                        functions
                                .when(functions.col("path").contains("_1"), functions.lit(new byte[] {1, 2}))
                                .otherwise(functions.col("content")))
                .union(rows.limit(1).withColumn("content", functions.lit(null).cast("binary")))
                .cache();
        long bad = broken.filter("content is null or length(content) = 2").count();
        ImageClassificationModel own = model.copy(ParamMap.empty());
        Exception e = assertThrows(Exception.class, () -> own.transform(broken).count());
        assertTrue(e.getMessage().contains("set handleInvalid to skip or keep"), e.getMessage());
        assertEquals(6 - bad, own.setHandleInvalid("skip").transform(broken).count());
        List<Row> kept = own.setHandleInvalid("keep").transform(broken).collectAsList();
        assertEquals(6, kept.size());
        for (Row r : kept) {
            byte[] content = r.getAs("content");
            if (content == null || content.length == 2) {
                assertNull(r.getAs("prediction"));
                assertNull(r.getAs("probability"));
            } else {
                assertEquals(scored.get(r.<String>getAs("path")).<Double>getAs("prediction"), r.getAs("prediction"));
            }
        }
        broken.unpersist();
    }

    @Test
    void aStreamIsScoredAsABatch() throws Exception {
        Dataset<Row> stream = spark.readStream()
                .format("binaryFile")
                .schema(rows.drop("breed").schema())
                .option("pathGlobFilter", "*.jpg")
                .option("maxFilesPerTrigger", "40")
                .load(dir.resolve("images").toString());
        StreamingQuery query = model.transform(stream)
                .writeStream()
                .format("memory")
                .queryName("answers")
                .trigger(Trigger.AvailableNow())
                .start();
        assertTrue(query.awaitTermination(TimeUnit.MINUTES.toMillis(2)));
        assertEquals(scored, byPath(spark.table("answers")));
    }

    @Test
    @Tag("spark")
    void rowsForValidationAreRecalibratedOnAndStopTraining() throws IOException {
        Path run = dir.resolve("indicated");
        ImageClassificationModel early = Sessions.small()
                .setEpochs(2)
                .setPatience(1)
                .setKeepBest("nll-after-temperature")
                .setValidationIndicatorCol("held")
                .setRecalibrate("none")
                .setRunDir(run.toString())
                .fit(rows.withColumn("held", functions.col("path").rlike("_[0-9]*[13579]\\.jpg$")));
        String report = Files.readString(run.resolve("report.json"));
        long held = rows.filter("path rlike '_[0-9]*[13579][.]jpg$'").count();
        assertTrue(report.contains("\"validation\" : " + held), report);
        assertTrue(report.contains("\"kept_by\" : \"nll-after-temperature\""), report);
        assertTrue(early.hasSummary());
        assertFalse(Files.exists(run.resolve(".pictures")));
        SoftlabelException again = assertThrows(
                SoftlabelException.class,
                () -> Sessions.small().setRunDir(run.toString()).fit(rows));
        assertTrue(again.getMessage().startsWith("expected runDir "), again.getMessage());
        IllegalArgumentException none = assertThrows(
                IllegalArgumentException.class,
                () -> Sessions.small().setLabelCol("none").fit(rows));
        assertTrue(none.getMessage().contains("set labelCol"), none.getMessage());
    }

    @Test
    @Tag("spark")
    void aPipelineOnThePetsIsTunedSavedAndLoaded() throws IOException {
        Path pets = TestFiles.shared("pets").resolve("images");
        Path some = Files.createDirectories(dir.resolve("pets"));
        for (String breed : List.of("Abyssinian", "beagle")) {
            try (Stream<Path> all = Files.list(pets)) {
                for (Path p : all.filter(f -> f.getFileName().toString().matches(breed + "_\\d+\\.jpg"))
                        .sorted()
                        .limit(30)
                        .toList()) {
                    Files.copy(p, some.resolve(p.getFileName()));
                }
            }
        }
        Dataset<Row> data = Sessions.binaryFiles(spark, some).cache();
        assertEquals(60, data.count());
        ImageClassifier classifier = Sessions.small().setLabelCol("index");
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {
            new StringIndexer().setInputCol("breed").setOutputCol("index").setStringOrderType("alphabetAsc"), classifier
        });
        TrainValidationSplitModel tuned = new TrainValidationSplit()
                .setEstimator(pipeline)
                .setEvaluator(new MulticlassClassificationEvaluator()
                        .setLabelCol("index")
                        .setMetricName("logLoss"))
                .setEstimatorParamMaps(new ParamGridBuilder()
                        .addGrid(classifier.lr(), new double[] {0.002, 0.02})
                        .build())
                .setTrainRatio(0.7)
                .setSeed(1)
                .fit(data);
        assertEquals(2, tuned.validationMetrics().length);
        PipelineModel best = (PipelineModel) tuned.bestModel();
        best.write().overwrite().save(dir.resolve("pipeline").toString());
        PipelineModel loaded = PipelineModel.load(dir.resolve("pipeline").toString());
        assertEquals(byPath(best.transform(data)), byPath(loaded.transform(data)));
        assertEquals(
                List.of("Abyssinian", "beagle"), List.of(((ImageClassificationModel) loaded.stages()[1]).labels()));
        double nll = new CalibrationEvaluator()
                .setLabelCol("index")
                .setMetricName("nll")
                .evaluate(loaded.transform(data));
        assertEquals(
                new MulticlassClassificationEvaluator()
                        .setLabelCol("index")
                        .setMetricName("logLoss")
                        .evaluate(loaded.transform(data)),
                nll,
                1e-9);
        data.unpersist();
    }
}
