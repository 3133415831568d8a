package ai.softlabel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TrustSectionTest {
    static final String SCORES = """
            {"score":"p-norm","power":4,"delta":0.05,"held_out":600,"count":400,
             "scores":[
              {"score":"max-probability","power":0,"held_out_aurc":0.03,"aurc":0.03,"aurc_interval":[0.02,0.04],"gain":0,
               "gain_interval":[0,0],"risk_coverage":[{"coverage":0.5,"risk":0.01},{"coverage":1,"risk":0.1}]},
              {"score":"p-norm","power":4,"held_out_aurc":0.02,"aurc":0.02,"aurc_interval":[0.01,0.03],"gain":0.01,
               "gain_interval":[0.001,0.02],"risk_coverage":[{"coverage":0.5,"risk":0},{"coverage":1,"risk":0.1}]}],
             "promises":[{"max_error":0.01},
              {"max_error":0.02,"threshold":0.7,"held_out_coverage":0.8,"held_out_error":0.01,"coverage":0.83,"error":0.016}],
             "thresholds":[
              {"threshold":0.9,"held_out_coverage":0.4,"held_out_error":0,"coverage":0.41,"error":0,"bound":0.013},
              {"threshold":0.7,"held_out_coverage":0.8,"held_out_error":0.01,"coverage":0.83,"error":0.016,"bound":0.019},
              {"held_out_coverage":1,"held_out_error":0.1,"coverage":1,"error":0.1,"bound":0.12}]}""";

    private static JsonNode report(String selective) throws IOException {
        return new ObjectMapper().readTree("{\"selective\":" + selective + "}");
    }

    @Test
    void itSaysInWordsWhatTheModelCanBeTrustedWith() throws IOException {
        String page = TrustSection.first(report(SCORES));
        assertTrue(page.contains("Answers 83 % of pictures at 2 % error; hands 17 % to a person."), page);
        assertTrue(page.contains("with probability 95 % over the 600 held-out pictures"), page);
        assertTrue(page.contains("on the 400 test pictures 1.6 % of the answers are wrong"), page);
        // The slider starts at that threshold, and knows all of them.
        assertTrue(page.contains("max=\"2\" value=\"1\""), page);
        assertTrue(page.contains("[0.83000,0.01600,0.01900]"), page);
        assertTrue(page.contains("aria-valuetext"));
        assertFalse(page.contains("http"), "a page needs no network");
    }

    @Test
    void itSaysWhereNoErrorIsHeld() throws IOException {
        String none = SCORES.replaceAll(",\\s*\\{\"max_error\":0.02[^}]*}", "");
        String page = TrustSection.first(report(none));
        assertTrue(page.contains("Hands every picture to a person"), page);
        assertTrue(page.contains("max=\"2\" value=\"2\""), page);
        assertEquals("", TrustSection.first(new ObjectMapper().createObjectNode()));
        assertEquals("", TrustSection.scores(new ObjectMapper().createObjectNode()));
        assertEquals("", TrustSection.sets(new ObjectMapper().createObjectNode()));
    }

    @Test
    void everyScoreHasItsCurveAndArea() throws IOException {
        String page = TrustSection.scores(report(SCORES));
        assertEquals(2, page.split("<polyline").length - 1);
        assertTrue(
                page.contains("p-norm, p = 4 (chosen)</td><td>0.0200</td><td>0.0200</td><td>0.0100 to 0.0300"), page);
        assertTrue(page.contains("<td>1 %</td><td>none holds it"), page);
    }
}
