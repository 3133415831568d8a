package ai.softlabel.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class TrainingStateTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TrainingState board = new TrainingState();

    private void take(long time, String kind, String body) throws JsonProcessingException {
        board.take(time, kind, JSON.readTree(body));
    }

    private String page(long now) {
        return TrainingPage.of(board.state(), now);
    }

    @Test
    void nothingIsSaidOfNothing() {
        assertTrue(page(0).contains("No training has been started") && page(0).contains("data-status=\"none\""));
    }

    @Test
    void workBesidesTheStepsIsShownUntilItEnds() throws JsonProcessingException {
        take(
                1000,
                "work",
                "{\"doing\":\"decode <train>\",\"done\":1500,\"total\":7500,\"unit\":\"pictures\",\"rate\":20,\"ended\":false}");
        assertTrue(
                page(0).contains(
                                        "Now: decode &lt;train&gt;, 1,500 of 7,500 pictures, 20.0 pictures/s, about 5 min 00 s left.")
                        && page(0).contains("No training has been started"),
                page(0));
        take(2000, "started", "{\"title\":\"t\",\"epochs\":2}");
        assertFalse(page(0).contains("Now: "));
        take(3000, "work", "{\"doing\":\"list\",\"done\":70,\"total\":-1,\"unit\":\"names\",\"rate\":10}");
        assertTrue(page(0).contains("<p class=\"work\">Now: list, 70 names, 10.0 names/s.</p>"), page(0));
        take(4000, "work", "{\"ended\":true}");
        assertFalse(page(0).contains("Now: "));
    }

    @Test
    void progressEpochsAndEndAreShown() throws JsonProcessingException {
        take(
                1000,
                "started",
                "{\"title\":\"a <run>\",\"epochs\":2,\"batch_size\":16,\"replicas\":2,\"train\":80,\"rejected\":1,"
                        + "\"rejections\":[{\"path\":\"x.jpg\",\"reason\":\"<b>\"}]}");
        take(2000, "progress", "{\"epoch\":0,\"step\":2,\"steps\":5,\"loss\":1.5,\"rate\":0.01,\"seconds\":4}");
        String now = page(2500);
        // Two steps took 4 s: eight are left, at 2 s and 16 pictures each.
        assertTrue(now.contains("Epoch 1 of 2, step 2 of 5, loss 1.5000") && now.contains("about 16 s left"), now);
        assertTrue(now.contains("8.0 images/s") && now.contains("data-status=\"running\""), now);
        assertTrue(now.contains("a &lt;run&gt;") && now.contains("&lt;b&gt;") && !now.contains("<run>"), now);
        assertFalse(now.contains("Last update"));
        assertTrue(page(200_000).contains("Last update 198 s ago."));
        take(
                3000,
                "epoch",
                "{\"epoch\":1,\"loss\":1.25,\"seconds\":3,\"images_per_second\":26.7,"
                        + "\"test\":{\"count\":8,\"error\":0.25,\"nll\":0.9,\"ece\":0.125},"
                        + "\"bins\":[{\"low\":0.4,\"high\":0.5,\"count\":8,\"confidence\":0.45,\"accuracy\":0.75}],"
                        + "\"partitions\":[{\"id\":0,\"host\":\"h\",\"count\":8,\"error\":0.25,\"nll\":0.9,\"ece\":0.125}],"
                        + "\"executors\":[{\"id\":\"0\",\"host\":\"h\",\"images_per_second\":30,\"step\":0.5,\"wait\":0.004}]}");
        String epoch = page(3100);
        for (String shown :
                new String[] {"0.2500", "0.1250", "26.7", "reliability diagram", "500.0", "4.0", "1 of 2 epochs"}) {
            assertTrue(epoch.contains(shown), shown + " in " + epoch);
        }
        // No line of AURC where the events have none.
        assertTrue(epoch.contains("<th>AURC</th>") && epoch.contains("points=\"\""), epoch);
        take(
                3500,
                "epoch",
                "{\"epoch\":2,\"loss\":1,\"test\":{\"count\":8,\"error\":0.25,\"nll\":0.9,\"ece\":0.125,\"aurc\":0.0625}}");
        assertTrue(page(3600).contains("0.0625") && page(3600).contains("circle class=\"c\""), page(3600));
        take(4000, "ended", "{\"status\":4,\"message\":\"expected a finite loss\"}");
        assertTrue(page(4100).contains("Failed: expected a finite loss")
                && page(4100).contains("data-status=\"failed\""));
        take(5000, "started", "{\"epochs\":1}");
        assertTrue(board.state().get("epochs").isEmpty() && page(5000).contains("data-status=\"running\""));
    }

    @Test
    void whatAnOlderOrNewerVersionTellsIsNoMistake() throws JsonProcessingException {
        take(1, "progress", "{}");
        take(2, "epoch", "{\"epoch\":1,\"new\":{\"field\":[1]}}");
        take(3, "unheard of", "{\"a\":1}");
        take(4, "ended", "{}");
        assertTrue(page(5).contains("data-status=\"failed\""));
    }

    @Test
    void atMostTwoThousandPointsAreKeptFromBeginningToEnd() throws JsonProcessingException {
        take(0, "started", "{\"epochs\":10}");
        for (int i = 0; i < 50_000; i++) {
            take(
                    i,
                    "progress",
                    "{\"epoch\":" + i / 5000 + ",\"step\":" + i % 5000 + ",\"steps\":5000,\"loss\":1,\"rate\":1}");
        }
        JsonNode points = board.state().get("points");
        assertTrue(points.size() > 1000 && points.size() <= 2000, points.size() + " points");
        assertEquals(0, points.get(0).get(0).asDouble());
        assertTrue(points.get(points.size() - 1).get(0).asDouble() > 9.9);
        for (int i = 1; i < points.size(); i++) {
            assertTrue(
                    points.get(i).get(0).asDouble() > points.get(i - 1).get(0).asDouble());
        }
    }
}
