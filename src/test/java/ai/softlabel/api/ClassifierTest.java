package ai.softlabel.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Program;
import ai.softlabel.data.InMemory;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Preparation;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.ModelCard;
import ai.softlabel.score.Prediction;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTest {
    @TempDir
    static Path dir;

    private static Path run;
    private static Map<String, Row> predicted;

    @BeforeAll
    static void runAndPredictions() throws IOException {
        run = dir.resolve("run");
        SampleRun.train(dir.resolve("pets"), run);
        predicted = SampleRun.predict(run, dir.resolve("pets"), dir.resolve("out"));
    }

    private static Path file(String path) {
        return dir.resolve("pets").resolve(path);
    }

    private static void same(Row row, Classification answer) {
        assertEquals(row.getAs("class"), answer.label());
        assertEquals(row.<Double>getAs("confidence"), answer.probability());
        assertEquals(row.getList(row.fieldIndex("probabilities")), answer.probabilities());
        List<Row> top = row.getList(row.fieldIndex("top_k"));
        assertEquals(
                top.stream()
                        .map(t -> new Classification.Candidate(t.getAs("class"), t.getAs("probability")))
                        .toList(),
                answer.top());
    }

    @Test
    void answersAreThoseOfPredictToTheBitFromSeveralThreadsAndInBatches() throws Exception {
        try (Classifier classifier =
                        Classifier.builder(run.toString()).topK(3).workers(2).load();
                Classifier other = Classifier.builder(run.toString()).topK(3).load()) {
            assertEquals("temperature", classifier.calibration());
            List<String> paths = predicted.keySet().stream().sorted().toList();
            ExecutorService callers = Executors.newFixedThreadPool(4);
            List<Future<Classification>> answers = new ArrayList<>();
            for (String path : paths.subList(0, 16)) {
                answers.add(callers.submit(() -> (answers.size() % 2 == 0 ? classifier : other).classify(file(path))));
            }
            for (int i = 0; i < answers.size(); i++) {
                same(predicted.get(paths.get(i)), answers.get(i).get());
            }
            callers.shutdown();
            List<Object> mixed = new ArrayList<>();
            for (String path : paths) {
                mixed.add(mixed.size() % 2 == 0 ? file(path) : Files.readAllBytes(file(path)));
            }
            List<Classification> all = classifier.classifyAll(mixed);
            assertTrue(all.size() > 3 * classifier.batchSize(), all.size() + " of " + classifier.batchSize());
            for (int i = 0; i < paths.size(); i++) {
                same(predicted.get(paths.get(i)), all.get(i));
            }
        }
    }

    @Test
    void anImageInMemoryIsTreatedAsItsFile() throws IOException {
        BufferedImage image = new BufferedImage(90, 120, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 120; y++) {
            for (int x = 0; x < 90; x++) {
                image.setRGB(x, y, x * 2 << 16 | y * 2 << 8 | (x * y & 0xFF));
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        try (Classifier one = Classifier.builder(run.toString()).batchSize(1).load()) {
            assertEquals(one.classify(png.toByteArray()), one.classify(image));
            assertEquals(1, one.batchSize());
            assertEquals(List.of(one.classify(image)), one.classifyAll(List.of(image)));
        }
    }

    @Test
    void anotherEngineGivesTheSameAnswers() throws IOException {
        Path picture = file(predicted.keySet().iterator().next());
        try (Classifier plain = Classifier.load(run.toString());
                Classifier other =
                        Classifier.builder(run.toString()).engine("onnxruntime").load()) {
            assertEquals("bigdl", plain.engine());
            assertEquals("onnxruntime", other.engine());
            Classification own = plain.classify(picture);
            Classification found = other.classify(picture);
            assertEquals(own.label(), found.label());
            for (int c = 0; c < own.probabilities().size(); c++) {
                assertEquals(own.probabilities().get(c), found.probabilities().get(c), 1e-4);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> Classifier.builder(run.toString())
                .engine("tensorflow"));
    }

    /** A run's sizes are those of its card. */
    @Test
    void aRunOfSeveralSizesIsScoredAtAllOfThem() throws IOException {
        Path several = Files.createDirectories(dir.resolve("several"));
        for (String name : List.of(ModelCard.WEIGHTS, CalibrationFile.FILE)) {
            Files.copy(run.resolve(name), several.resolve(name));
        }
        Directory folder = Directory.of("model", several.toString(), new Configuration());
        ModelCard card = ModelCard.read(Directory.of("model", run.toString(), new Configuration()));
        new ModelCard(
                        card.architecture(),
                        PictureSizes.of(96, 64),
                        true,
                        card.classes(),
                        card.normalization(),
                        card.decoding(),
                        card.split(),
                        card.validation(),
                        card.seed(),
                        card.listing(),
                        null)
                .write(folder);
        TrainedModel trained = TrainedModel.read(folder);
        Path picture = file(predicted.keySet().iterator().next());
        Example example = new Example(
                "0",
                new Annotation(new int[0], 1, null, Part.TEST),
                0,
                InMemory.decoded(Files.readAllBytes(picture), Preparation.full(96)));
        Prediction expected = trained.predictor(1).stream(0, List.of(example).iterator(), trained.state())
                .next();
        double[] probabilities = trained.calibrator().apply(expected.logits());
        try (Classifier classifier =
                        Classifier.builder(several.toString()).threads(1).load();
                Classifier plain = Classifier.builder(run.toString()).threads(1).load()) {
            List<Double> found = classifier.classify(picture).probabilities();
            assertEquals(Arrays.stream(probabilities).boxed().toList(), found);
            assertNotEquals(plain.classify(picture).probabilities(), found);
        }
    }

    @Test
    void failuresAreExceptionsInTheWordsOfTheApi() throws IOException {
        SoftlabelException none = assertThrows(
                SoftlabelException.class,
                () -> Classifier.load(dir.resolve("pets").toString()));
        assertTrue(none.getMessage().startsWith("expected a finished run with model.json"), none.getMessage());
        assertFalse(none.getMessage().contains("--"), none.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Classifier.builder(run.toString())
                .workers(0));
        Path text = Files.writeString(dir.resolve("text.jpg"), "no picture");
        Classifier classifier = Classifier.load(run.toString());
        try (classifier) {
            PictureException unusable = assertThrows(PictureException.class, () -> classifier.classify(text));
            assertTrue(unusable.getMessage().contains("text.jpg to be a picture"), unusable.getMessage());
            PictureException second = assertThrows(
                    PictureException.class,
                    () -> classifier.classifyAll(
                            List.of(file(predicted.keySet().iterator().next()), new byte[10])));
            assertTrue(second.getMessage().startsWith("picture 1: "), second.getMessage());
            assertThrows(
                    PictureException.class,
                    () -> classifier.classify(new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB)));
            assertThrows(UncheckedIOException.class, () -> classifier.classify(dir.resolve("missing.jpg")));
            assertThrows(IllegalArgumentException.class, () -> classifier.classifyAll(List.of("text")));
        }
        classifier.close();
        IllegalStateException closed = assertThrows(
                IllegalStateException.class,
                () -> classifier.classify(file(predicted.keySet().iterator().next())));
        assertTrue(closed.getMessage().contains("closed"), closed.getMessage());
    }

    /** Whether a folder of classes, or a jar that is in the job's jar or that the page names. */
    private static boolean ours(String name, String page) {
        return !name.endsWith(".jar")
                || name.startsWith("softlabel-bigdl-")
                || name.matches("(common|imageio)-[a-z]+-3\\.\\d+\\.\\d+\\.jar")
                || page.contains("`" + name.replaceFirst("-[0-9.]+\\.jar$", "") + "`");
    }

    @Test
    void theProgramOfTheReadmeRunsWithoutSpark() throws Exception {
        Matcher program = Pattern.compile("```java\n(.*?class Classify .*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")));
        assertTrue(program.find());
        assertTrue(program.group(1).lines().count() <= 15, program.group(1));
        Path source = Files.writeString(dir.resolve("Classify.java"), program.group(1));
        String jars = Files.readString(Path.of("docs/library.md"));
        String named = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(p -> ours(Path.of(p).getFileName().toString(), jars))
                .collect(Collectors.joining(File.pathSeparator));
        assertFalse(named.contains("spark-core") || named.contains("scala-library"), named);
        String path = predicted.keySet().iterator().next();
        Program ended = Program.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        named,
                        source.toString(),
                        run.toString(),
                        file(path).toString())
                .ended(0);
        Row row = predicted.get(path);
        String expected = row.getAs("class") + " " + row.<Double>getAs("confidence");
        assertTrue(ended.output().lines().anyMatch(expected::equals), ended.output());
    }
}
