package ai.softlabel.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.files.Directory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports as files may hold them. */
class ReportSectionsTest {
    @TempDir
    Path dir;

    private ObjectNode read(String text) throws IOException {
        Files.writeString(dir.resolve("report.json"), text);
        return ReportSections.read(Directory.of("run", dir.toString(), new Configuration(false)));
    }

    @Test
    void anOldReportHasTheChosenMethodsFiguresFirst() throws IOException {
        ObjectNode report = read("{\"recalibrated\":{\"chosen\":\"platt\",\"platt\":{\"ece\":0.1,\"parameters\":[1]},"
                + "\"none\":{\"ece\":0.2}}}");
        assertEquals(0.1, report.at("/recalibrated/ece").asDouble());
        assertEquals("platt", report.at("/recalibrated/chosen").asText());
        assertEquals(0.2, report.at("/recalibrated/methods/none/ece").asDouble());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"recalibrated\":{\"\":{\"ece\":1.1}}}",
                "{\"recalibrated\":{\"chosen\":7,\"7\":{\"ece\":1.1}}}",
                "{\"recalibrated\":\"none\"}"
            })
    void whatNamesNoMethodStaysAsItIs(String text) throws IOException {
        assertEquals(text, read(text).toString());
    }
}
