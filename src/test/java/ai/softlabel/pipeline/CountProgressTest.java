package ai.softlabel.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.WorkProgress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
    void aPlainLineAfterTwoSecondsAndThenEveryFiveWithRateAndTimeLeft() {
        count(false);
        assertEquals(
                List.of(
                        "predict  700 of 2,000 pictures  100.0 pictures/s  13 s left",
                        "predict  1,200 of 2,000 pictures  100.0 pictures/s  8 s left",
                        "predict  1,700 of 2,000 pictures  100.0 pictures/s  3 s left"),
                said.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void withoutATotalThereIsNoTimeLeft() {
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            CountProgress count = new CountProgress(console, "list", "names", CountProgress.UNKNOWN, () -> nanos);
            nanos = 1_900_000_000L;
            count.add(1000);
            nanos = 2_000_000_000L;
            count.add(1000);
            count.expect(8000);
            nanos = 8_000_000_000L;
            count.add(2000);
        }
        assertEquals(
                List.of("list  2,000 names  1000.0 names/s", "list  4,000 of 8,000 names  500.0 names/s  8 s left"),
                said.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void whoeverShowsTheWorkLearnsThatItIsOver() {
        List<WorkProgress> shown = new ArrayList<>();
        Consumer<Object> listener = m -> shown.add((WorkProgress) m);
        LiveChannel.listen(listener);
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            CountProgress brief = new CountProgress(console, "score", "pictures", 10, () -> nanos);
            brief.add(10);
            brief.end();
            assertEquals(List.of(), shown);
            CountProgress count = new CountProgress(console, "score", "pictures", 1000, () -> nanos);
            nanos = 4_000_000_000L;
            count.add(200);
            count.end();
        } finally {
            LiveChannel.ignore(listener);
        }
        assertEquals(
                List.of(
                        new WorkProgress("score", 200, 1000, "pictures", 50, false),
                        new WorkProgress("score", 200, 1000, "pictures", 50, true)),
                shown);
        assertEquals(16, shown.get(0).left());
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
