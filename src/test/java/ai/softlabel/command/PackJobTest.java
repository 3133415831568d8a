package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import ai.softlabel.command.pack.PackJob;
import ai.softlabel.command.pack.PackSettings;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.TaskCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
            List<Object> told = new ArrayList<>();
            Consumer<Object> listener = told::add;
            LiveChannel.listen(listener);
            Listing again = Layouts.list(packed.toString(), plain);
            LiveChannel.ignore(listener);
            assertEquals(new TaskCount.Total(Layouts.PROGRESS, 112), told.get(0));
            assertEquals(new TaskCount.Message(Layouts.PROGRESS, 0, 112, false), told.get(told.size() - 1));
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

    private static TrainSettings labelled(Path out, LabelSource labels) {
        TrainSettings s = settings(pets, out);
        return s.toBuilder().setup(s.setup().toBuilder().labels(labels).build()).build();
    }

    private static LabelSource file(Path labels) {
        return new LabelSource(labels.toString(), null, Map.of(), null, null);
    }

    @Test
    void labelsOfAFileStayWithTheirSplitsWeightsAndGroups() throws IOException {
        List<String> rows = new ArrayList<>(List.of("path,label,split,weight,group"));
        int n = 0;
        for (Path p : TestFiles.list(pets.resolve("images"))) {
            String name = p.getFileName().toString();
            // One has no label.
            String label = n == 1 ? "" : name.substring(0, name.indexOf('_'));
            String split = n % 4 == 0 ? "test" : n % 7 == 0 ? "" : "train";
            String weight = n % 3 == 0 ? "0.3" : "";
            String group = n % 5 == 0 ? "animal " + n % 10 : "";
            rows.add(String.join(",", "images/" + name, label, split, weight, group));
            n++;
        }
        rows.add("images/absent.jpg,Abyssinian,train,,");
        LabelSource labels = file(Files.write(dir.resolve("labels.csv"), rows));
        List<String> plain = rows.stream().map(r -> r.replace(",0.3,", ",,")).toList();
        LabelSource without = file(Files.write(dir.resolve("plain.csv"), plain));
        Path packed = dir.resolve("packed");
        try (Session session = Session.start("train", "local[2]")) {
            try (ConsoleProgress console = console()) {
                new PackJob(new PackSettings(pets.toString(), labels, packed.toString(), 15), session, console).run();
            }
            Listing loose = Layouts.list(pets.toString(), labels, session.sql());
            Listing again = Layouts.list(packed.toString(), LabelSource.LAYOUT, session.sql());
            assertEquals(loose.classes(), again.classes());
            assertEquals(loose.rejected(), again.rejected());
            assertEquals(
                    loose.entries().stream()
                            .sorted(Comparator.comparing(Listing.Entry::name))
                            .toList(),
                    again.entries());
            assertTrue(again.entries().stream().anyMatch(e -> e.weight() == 0.3));
            assertTrue(again.entries().stream().anyMatch(e -> "animal 5".equals(e.group())));

            Path byLabels = dir.resolve("by-labels");
            Path bySet = dir.resolve("by-set");
            Path unweighted = dir.resolve("unweighted");
            train(labelled(byLabels, labels), session);
            train(settings(packed, bySet), session);
            train(labelled(unweighted, without), session);
            assertArrayEquals(
                    Files.readAllBytes(byLabels.resolve("model.safetensors")),
                    Files.readAllBytes(bySet.resolve("model.safetensors")));
            assertFalse(Arrays.equals(weights(byLabels), weights(unweighted)));
        }
    }

    @Test
    void theDriverNeverHasTheNames() throws IOException {
        String limit = "spark.driver.maxResultSize";
        Path data = dir.resolve("data");
        Path packed = dir.resolve("packed");
        String folder = "a long name of a class, ".repeat(6);
        Files.createDirectories(data.resolve(folder));
        for (int i = 0; i < 2500; i++) {
            Files.write(data.resolve(folder).resolve(i + ".jpg"), new byte[1]);
        }
        // The names are more than that.
        System.setProperty(limit, "200k");
        try (Session session = Session.start("pack", "local[2]");
                ConsoleProgress console = console()) {
            new PackJob(new PackSettings(data.toString(), packed.toString(), 1000), session, console).run();
            Dataset<Row> paths = session.sql()
                    .read()
                    .parquet(packed.resolve("part-*").toString())
                    .select("path");
            assertEquals(2500, paths.distinct().count());
            Exception tooMany =
                    assertThrows(Exception.class, () -> paths.javaRDD().collect());
            assertTrue(tooMany.getMessage().contains("maxResultSize"), tooMany.getMessage());
        } finally {
            System.clearProperty(limit);
        }
        assertEquals(3, report(packed).at("/data/files").asInt());
        assertEquals(0, report(packed).at("/data/rejected").asInt());
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
