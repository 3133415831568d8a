package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.CalibrationFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class PredictJobTest extends JobFixture {
    @Test
    void answersPicturesOfAnyLayoutWithTheRunsCalibrator() throws IOException {
        Path run = dir.resolve("run");
        train(settings(pets, run), "local[2]");
        Directory directory = Directory.of("model", run.toString(), new Configuration());
        Calibrator.Temperature half = new Calibrator.Temperature(0.5);
        CalibrationFile.write(half, directory);

        Path given = Files.createDirectories(dir.resolve("given/deeper"));
        Map<String, String> origin = new HashMap<>();
        for (String line : Files.readAllLines(pets.resolve("annotations/test.txt"))) {
            String name = line.split(" ")[0] + ".jpg";
            Path to = (origin.size() % 2 == 0 ? given : given.getParent()).resolve("a, " + origin.size() + ".jpg");
            Files.copy(pets.resolve("images").resolve(name), to);
            origin.put(dir.resolve("given").relativize(to).toString(), "images/" + name);
        }
        Files.writeString(given.resolve("broken.jpg"), "no picture");
        Path out = dir.resolve("out");
        try (Session session = Session.start("predict", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new PredictJob(
                            new PredictSettings(
                                    run.toString(), dir.resolve("given").toString(), out.toString(), 0.05, false),
                            session,
                            console)
                    .run();
            Map<String, Row> trained = new HashMap<>();
            for (Row r : session.sql()
                    .read()
                    .parquet(run.resolve("predictions.parquet").toString())
                    .collectAsList()) {
                trained.put(r.getAs("path"), r);
            }
            List<Row> answers = session.sql()
                    .read()
                    .parquet(out.resolve("predictions.parquet").toString())
                    .collectAsList();
            assertEquals(origin.size(), answers.size());
            for (Row a : answers) {
                Row known = trained.get(origin.get(a.<String>getAs("path")));
                List<Float> logits = known.getList(known.fieldIndex("logits"));
                assertEquals(logits, a.getList(a.fieldIndex("logits")));
                float[] z = new float[logits.size()];
                for (int c = 0; c < z.length; c++) {
                    z[c] = logits.get(c);
                }
                List<Double> p = a.getList(a.fieldIndex("probabilities"));
                double[] expected = half.apply(z);
                for (int c = 0; c < z.length; c++) {
                    assertEquals(expected[c], p.get(c));
                }
                assertEquals(java.util.Collections.max(p), a.<Double>getAs("confidence"));
            }
        }
        List<String> csv = Files.readAllLines(out.resolve("predictions.csv"));
        assertEquals(origin.size() + 1, csv.size());
        assertEquals("path,class,confidence,second_class,second_confidence", csv.get(0));
        assertTrue(csv.get(1).startsWith("\"a, "), csv.get(1));
        assertTrue(Files.readString(out.resolve("rejected.jsonl")).contains("deeper/broken.jpg"));
        JsonNode report = report(out);
        assertEquals(1, report.at("/data/rejected").asInt());
        assertEquals("temperature", report.at("/model/recalibrated").asText());
    }

    @Test
    void noPictureAndNoModelAreSaidInOneLine() throws IOException {
        Path empty = Files.createDirectory(dir.resolve("empty"));
        try (Session session = Session.start("predict", "local[1]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            PredictSettings settings = new PredictSettings(
                    empty.toString(), empty.toString(), dir.resolve("out").toString(), 0.05, false);
            JobException e = assertThrows(JobException.class, () -> new PredictJob(settings, session, console).run());
            assertEquals(ExitStatus.INPUT, e.status());
            assertTrue(e.getMessage().contains("--model"), e.getMessage());
        }
    }
}
