package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Holds a report to {@code docs/report.schema.json}, which other programs read it by. */
final class ReportSchema {
    private static final JsonSchema SCHEMA = read();

    private ReportSchema() {}

    private static JsonSchema read() {
        try {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(Files.readString(Path.of("docs/report.schema.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The report, where it fits the schema. */
    static JsonNode checked(JsonNode report) {
        assertEquals(Set.of(), SCHEMA.validate(report));
        return report;
    }
}
