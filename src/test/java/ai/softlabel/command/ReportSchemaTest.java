package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class ReportSchemaTest {
    @Test
    void aMisspelledKeyIsRefused() throws Exception {
        ObjectNode failed = (ObjectNode)
                new ObjectMapper()
                        .readTree(
                                "{\"schema\":1,\"command\":\"train\",\"version\":\"0.2.0\",\"git\":\"x\",\"status\":3,\"message\":\"m\"}");
        ReportSchema.checked(failed);
        failed.put("mesage", "m");
        assertThrows(AssertionError.class, () -> ReportSchema.checked(failed));
    }
}
