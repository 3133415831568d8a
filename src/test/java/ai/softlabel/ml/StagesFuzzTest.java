package ai.softlabel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of every stage and evaluator; one without an example here is an error. */
class StagesFuzzTest {
    @TempDir
    static Path dir;

    private static SparkSession spark;
    private static Dataset<Row> rows;
    private static Map<Class<? extends Params>, Params> examples;

    @BeforeAll
    static void examples() throws IOException {
        Sessions.pictures(dir, 2, 12, 2);
        spark = Sessions.start();
        rows = Sessions.binaryFiles(spark, dir.resolve("images"))
                .withColumn("label", functions.expr("cast(breed = min(breed) over () as int)"))
                .cache();
        examples = new LinkedHashMap<>();
        ImageClassifier classifier = Sessions.small().setLabelCol("label").setBatchSize(8);
        ImageClassificationModel model = classifier.fit(rows);
        ProbabilityCalibrator calibrator = new ProbabilityCalibrator().setMethod("temperature");
        examples.put(ImageClassifier.class, classifier);
        examples.put(ImageClassificationModel.class, model);
        examples.put(ProbabilityCalibrator.class, calibrator);
        examples.put(ProbabilityCalibratorModel.class, calibrator.fit(model.transform(rows)));
        examples.put(CalibrationEvaluator.class, new CalibrationEvaluator());
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    @Test
    void everyStageHasAnExampleAndIsRegistered() {
        Set<String> found = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("ai.softlabel").stream()
                        .filter(c -> !c.getModifiers().contains(JavaModifier.ABSTRACT))
                        .filter(c -> c.isAssignableTo(PipelineStage.class) || c.isAssignableTo(Evaluator.class))
                        .map(JavaClass::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                found, examples.keySet().stream().map(Class::getName).collect(Collectors.toCollection(TreeSet::new)));
        Set<Class<?>> registered = new HashSet<>();
        for (Class<?> kind : List.of(Estimator.class, Transformer.class)) {
            ServiceLoader.load(kind).stream().forEach(p -> registered.add(p.type()));
        }
        for (Class<?> type : examples.keySet()) {
            assertTrue(registered.contains(type) || Evaluator.class.isAssignableFrom(type), type.getName());
        }
    }

    /** Another value than a param's own, within its range. */
    private static Object other(Param<?> param, Object now) {
        if (param instanceof IntParam) {
            return now.equals(0) ? 128 : (Integer) now + 1;
        } else if (param instanceof LongParam) {
            return (Long) now + 1;
        } else if (param instanceof DoubleParam) {
            return now instanceof Double d ? d / 2 + 0.125 : 0.25;
        } else if (param instanceof BooleanParam) {
            return !(Boolean) now;
        }
        return Map.of(
                        "architecture", "resnet34",
                        "optimizer", "adamw",
                        "schedule", "cosine",
                        "keepBest", "nll-after-temperature",
                        "recalibrate", "platt",
                        "method", "platt",
                        "handleInvalid", "skip",
                        "metricName", "aurc")
                .getOrDefault(param.name(), "other");
    }

    @Test
    void everyParamHasAGetterASetterAndADefaultOrNoneAndIsCopiedAndSaved() throws Exception {
        for (Params example : examples.values()) {
            Class<?> type = example.getClass();
            Params fresh = (Params) type.getConstructor(String.class).newInstance("uid");
            assertEquals("uid", fresh.uid());
            assertNotSame(fresh.uid(), ((Params) type.getConstructor().newInstance()).uid());
            assertTrue(fresh.params().length > 2, type.getName());
            Params changed = example.copy(ParamMap.empty());
            for (Param<?> p : fresh.params()) {
                String name =
                        Character.toUpperCase(p.name().charAt(0)) + p.name().substring(1);
                Method getter = type.getMethod("get" + name);
                Method setter = type.getMethod("set" + name, getter.getReturnType());
                assertEquals(type, setter.getReturnType(), name);
                assertFalse(p.doc().isEmpty());
                assertTrue(fresh.explainParams().contains(p.name() + ": " + p.doc()), p.name());
                Object value = other(p, fresh.hasDefault(p) ? getter.invoke(fresh) : "");
                assertEquals(changed, setter.invoke(changed, value));
                assertEquals(value, getter.invoke(changed));
            }
            Params copied = changed.copy(ParamMap.empty());
            assertEquals(changed.uid(), copied.uid());
            Params loaded = roundTrip(changed, "params-" + type.getSimpleName());
            for (Param<?> p : changed.params()) {
                Object value = changed.getOrDefault(p);
                assertEquals(value, copied.getOrDefault(copied.getParam(p.name())), p.name());
                assertEquals(value, loaded.getOrDefault(loaded.getParam(p.name())), p.name());
            }
            assertEquals(changed.uid(), loaded.uid());
        }
    }

    private static Params roundTrip(Params stage, String name) throws Exception {
        String path = dir.resolve(name).toString();
        ((MLWritable) stage).write().overwrite().save(path);
        Params loaded =
                (Params) stage.getClass().getMethod("load", String.class).invoke(null, path);
        MLReader<?> reader = (MLReader<?>) stage.getClass().getMethod("read").invoke(null);
        assertEquals(stage.getClass(), reader.load(path).getClass());
        return loaded;
    }

    private static List<Row> rows(Dataset<Row> data) {
        return data.drop("content").sort("path").collectAsList();
    }

    @Test
    void aStageAndAPipelineOfItGiveTheSameRowsAfterLoading() throws Exception {
        Dataset<Row> scored = ((Transformer) examples.get(ImageClassificationModel.class)).transform(rows);
        for (Params example : examples.values()) {
            Dataset<Row> input =
                    example instanceof ProbabilityCalibrator || example instanceof ProbabilityCalibratorModel
                            ? scored
                            : rows;
            if (example instanceof Evaluator e) {
                Evaluator loaded = (Evaluator) roundTrip(example, "evaluator");
                assertEquals(e.evaluate(scored), loaded.evaluate(scored));
                assertFalse(loaded.isLargerBetter());
                continue;
            }
            String name = example.getClass().getSimpleName();
            PipelineModel fitted = new Pipeline()
                    .setStages(new PipelineStage[] {(PipelineStage) example})
                    .fit(input);
            fitted.write().overwrite().save(dir.resolve("pipeline-" + name).toString());
            PipelineModel loaded =
                    PipelineModel.load(dir.resolve("pipeline-" + name).toString());
            List<Row> before = rows(fitted.transform(input));
            assertEquals(before, rows(loaded.transform(input)));
            assertEquals(fitted.transform(input).schema(), fitted.transformSchema(input.schema()));
            if (example instanceof Transformer t) {
                assertEquals(before, rows(((Transformer) roundTrip(example, "stage-" + name)).transform(input)));
                assertEquals(before, rows(t.copy(ParamMap.empty()).transform(input)));
            } else {
                Estimator<?> estimator = (Estimator<?>) roundTrip(example, "stage-" + name);
                // Training and fitting give the same bits again.
                assertEquals(before, rows(estimator.fit(input).transform(input)));
                Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {estimator});
                pipeline.write()
                        .overwrite()
                        .save(dir.resolve("unfitted-" + name).toString());
                assertEquals(
                        estimator.uid(),
                        Pipeline.load(dir.resolve("unfitted-" + name).toString())
                                .getStages()[0]
                                .uid());
            }
        }
    }
}
