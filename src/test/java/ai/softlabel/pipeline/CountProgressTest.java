package ai.softlabel.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountProgressTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private long nanos;

    private void count(boolean terminal) {
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), terminal)) {
            CountProgress count = new CountProgress(console, "predict", "pictures", 2000, () -> nanos);
            count.skip(500);
            for (int second = 1; second <= 12; second++) {
                nanos = second * 1_000_000_000L;
                count.add(100);
            }
        }
    }

    @Test
    void aPlainLineEveryFewSecondsWithRateAndTimeLeft() {
        count(false);
        assertEquals(
                List.of(
                        "predict  1,000 of 2,000 pictures  100.0 pictures/s  10 s left",
                        "predict  1,500 of 2,000 pictures  100.0 pictures/s  5 s left"),
                said.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void aTerminalHasOneLineThatIsWrittenOver() {
        count(true);
        String text = said.toString(StandardCharsets.UTF_8);
        assertEquals(0, text.chars().filter(c -> c == '\n').count());
        List<String> lines =
                List.of(text.split("\r")).stream().filter(l -> !l.isBlank()).toList();
        assertEquals(12, lines.size());
        assertEquals("predict  1,700 of 2,000 pictures  100.0 pictures/s  3 s left", lines.get(11));
    }
}
