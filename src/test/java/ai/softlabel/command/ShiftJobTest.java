package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.CheckRun;
import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.SampleFiles;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.EngineChoice;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code evaluate --shift}. */
@Tag("long")
class ShiftJobTest extends JobFixture {
    @Test
    void measuresCorruptedPicturesAndPicturesOfClassesThatTheModelLacks() throws IOException, InterruptedException {
        Path run = dir.resolve("run");
        train(with(with(settings(pets, run), "validation", new HeldOut(0.25, false)), "rate", 0.01), "local[2]");
        Path more = dir.resolve("more");
        SampleFiles.pets(more, 6, 2, 8);
        Path out = dir.resolve("scored");
        List<Row> rows = new ArrayList<>();
        try (Session session = Session.start("evaluate", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new EvaluateJob(
                            new EvaluateSettings(
                                    run.toString(),
                                    more.toString(),
                                    LabelSource.LAYOUT,
                                    out.toString(),
                                    0.05,
                                    false,
                                    new EvaluateSettings.Shift(
                                            20, pets.resolve("images").toString()),
                                    EngineChoice.BIGDL),
                            session,
                            console)
                    .run();
            rows.addAll(session.sql()
                    .read()
                    .parquet(out.resolve("predictions.parquet").toString())
                    .collectAsList());
        }
        JsonNode shift = report(out).get("shift");
        assertEquals(32, report(out).at("/data/test").asInt());
        assertEquals(20, shift.get("pictures").asInt());
        assertEquals(26, shift.get("cells").size());
        double strongest = 0;
        for (JsonNode cell : shift.get("cells")) {
            assertEquals(20, cell.get("count").asInt());
            assertEquals(5, cell.get("auroc").size());
            String split = "shift-" + cell.get("corruption").asText() + "-"
                    + cell.get("strength").asInt();
            if (cell.get("strength").asInt() > 0) {
                List<Row> own = rows.stream()
                        .filter(r -> r.<String>getAs("split").equals(split))
                        .toList();
                assertEquals(20, own.size(), split);
            }
            strongest = Math.max(strongest, cell.get("nll").asDouble());
        }
        assertTrue(strongest > shift.at("/cells/0/nll").asDouble(), shift.toString());
        List<String> unknown = new ArrayList<>();
        shift.get("unknown").forEach(n -> unknown.add(n.get("split").asText() + " " + n.get("count")));
        assertEquals(List.of("unknown-withheld 16", "unknown-given 20", "unknown-sample 20"), unknown);
        assertEquals(
                16 + 20 + 20,
                rows.stream().filter(r -> r.<Integer>getAs("label") < 0).count());
        String html = Files.readString(out.resolve("report.html"));
        assertTrue(
                html.contains("Under shift") && html.contains("low-resolution") && html.contains("withheld classes"));
        assertFalse(html.contains("NaN") || html.contains(">null<") || html.contains("Training</h2>"), html);
        CheckRun.agreesAndFindsWhatIsPlanted(run, out);
    }
}
