package ai.softlabel.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java on docs/library.md compiles, each block as it stands there. */
final class LibraryPageTest {
    @TempDir
    Path dir;

    @Test
    void theBlocksCompile() throws Exception {
        List<String> blocks = Pattern.compile("(?ms)^```java\n(.*?)^```$")
                .matcher(Files.readString(Path.of("docs/library.md")))
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();
        assertEquals(4, blocks.size());
        StringBuilder source = new StringBuilder("""
                import ai.softlabel.api.*;
                import ai.softlabel.ml.*;
                import java.nio.file.Path;
                import java.util.List;
                import org.apache.spark.sql.*;
                import static org.apache.spark.sql.functions.*;
                abstract class Page {
                """);
        for (int i = 0; i < blocks.size(); i++) {
            // A block may make its own pictures.
            String pictures = blocks.get(i).contains("> pictures =") ? "" : "List<Path> pictures, ";
            source.append("void block").append(i).append('(').append(pictures);
            source.append("String resnet18, Dataset<Row> rows, TrainingBuilder builder, SparkSession spark)");
            source.append(" throws Exception {\n").append(blocks.get(i)).append("}\n");
        }
        Path classes = Path.of(Classifier.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path file = Files.writeString(dir.resolve("Page.java"), source.append("}\n"));
        Program.run(
                        Path.of(System.getProperty("java.home"), "bin", "javac").toString(),
                        "-proc:none",
                        "-d",
                        dir.toString(),
                        "-cp",
                        classes + ":" + System.getenv("SPARK_HOME") + "/jars/*",
                        file.toString())
                .ended(0);
    }
}
