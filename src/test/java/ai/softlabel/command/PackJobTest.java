package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import ai.softlabel.command.pack.PackJob;
import ai.softlabel.command.pack.PackSettings;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class PackJobTest extends JobFixture {
    private ConsoleProgress console() {
        return new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false);
    }

    private void pack(Session session, Path data, Path out) throws IOException {
        try (ConsoleProgress console = console()) {
            new PackJob(new PackSettings(data.toString(), out.toString(), 15), session, console).run();
        }
    }

    private String predicted(Session session, Path model, Path data, String name) throws IOException {
        Path out = dir.resolve(name);
        try (ConsoleProgress console = console()) {
            new PredictJob(
                            new PredictSettings(
                                    model.toString(), data.toString(), out.toString(), 0.05, false, 5, true, false),
                            session,
                            console)
                    .run();
        }
        List<Row> rows = session.sql()
                .read()
                .parquet(out.resolve("predictions.parquet").toString())
                .sort("path")
                .collectAsList();
        // Loose files are all classified, those in no list too.
        return String.join(
                "\n",
                rows.stream()
                        .map(Row::toString)
                        .filter(r -> !r.contains("stray"))
                        .toList());
    }

    @Test
    void aPackedSetIsTheDataItWasPackedFrom() throws IOException {
        Path packed = dir.resolve("packed");
        Path stray = pets.resolve("images/stray_1.jpg");
        Files.write(stray, TestFiles.bytes("pictures/plain.jpg"));
        Path first = pets.resolve("images")
                .resolve(TestFiles.list(pets.resolve("images")).get(0));
        byte[] kept = Files.readAllBytes(first);
        Files.writeString(first, "no picture");
        try (Session session = Session.start("train", "local[2]")) {
            pack(session, pets, packed);
            JsonNode report = report(packed);
            assertEquals(112, report.at("/data/count").asInt());
            assertEquals(8, report.at("/data/files").asInt());

            Configuration plain = new Configuration();
            Listing loose = Layouts.list(pets.toString(), plain);
            Listing again = Layouts.list(packed.toString(), plain);
            assertEquals(loose.classes(), again.classes());
            assertEquals(loose.rejected(), again.rejected());
            assertEquals(loose.species(), again.species());
            assertEquals(
                    loose.entries().stream()
                            .sorted(Comparator.comparing(Listing.Entry::name))
                            .toList(),
                    again.entries());
            for (Listing.Entry e : again.entries()) {
                assertArrayEquals(loose.source().read(e.name()), again.source().read(e.name()), e.name());
            }

            // Anybody's Parquet reads it.
            Dataset<Row> table =
                    session.sql().read().parquet(packed.resolve("part-*").toString());
            assertEquals(112, table.filter("part in ('TRAIN', 'TEST')").count());
            assertEquals(
                    "no picture",
                    new String(
                            (byte[]) table.filter(table.col("path").equalTo("images/" + first.getFileName()))
                                    .first()
                                    .getAs("bytes"),
                            StandardCharsets.UTF_8));

            JsonNode fromLoose = train(settings(pets, dir.resolve("loose")), session);
            JsonNode fromPacked = train(settings(packed, dir.resolve("from-packed")), session);
            assertEquals(comparable(fromLoose), comparable(fromPacked));
            assertEquals(1 + 1, fromPacked.at("/data/rejected").asInt());
            assertArrayEquals(weights(dir.resolve("loose")), weights(dir.resolve("from-packed")));
            Path model = dir.resolve("loose");
            assertEquals(predicted(session, model, pets, "p1"), predicted(session, model, packed, "p2"));

            JobException taken = assertThrows(JobException.class, () -> pack(session, pets, packed));
            assertEquals(ExitStatus.OPTIONS, taken.status());
            damaged(packed, plain);
        } finally {
            Files.delete(stray);
            Files.write(first, kept);
        }
    }

    private static void damaged(Path packed, Configuration plain) throws IOException {
        try (Stream<Path> files = Files.list(packed)) {
            Path one = files.filter(f -> f.getFileName().toString().equals("part-00003.parquet"))
                    .findFirst()
                    .orElseThrow();
            Files.delete(one);
        }
        JobException lost = assertThrows(JobException.class, () -> Layouts.list(packed.toString(), plain));
        assertEquals(ExitStatus.INPUT, lost.status());
        assertTrue(lost.getMessage().contains("pack it again"), lost.getMessage());
        assertEquals(1, lost.getMessage().lines().count());
    }
}
