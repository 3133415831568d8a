package ai.softlabel.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bench.CostModel.Batching;
import ai.softlabel.bench.CostModel.Computed;
import ai.softlabel.bench.CostModel.Exchanged;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private static final CostModel TRUE = new CostModel(0.01, 0.012, 0.02, 3e-4, 4e-4, 6e-10, 0.008);
    private static final long BYTES = 44_800_000;

    @Test
    void aFitFindsWhatMadeTheMeasurements() {
        List<Computed> computed = new ArrayList<>();
        for (int b : new int[] {8, 16, 32}) {
            computed.add(new Computed(b, TRUE.step(1, new Batching(b, 1), BYTES).compute()));
        }
        List<Exchanged> exchanged = new ArrayList<>();
        for (int n : new int[] {2, 4}) {
            for (long bytes : new long[] {4_000_000, 16_000_000, BYTES}) {
                double turns = n / 2.0;
                exchanged.add(new Exchanged(n, bytes, turns, TRUE.exchange(n, bytes, turns)));
            }
        }
        CostModel found = CostModel.fit(computed, 0.02, exchanged, 0.008);
        assertEquals(TRUE.base(), found.base(), 1e-9);
        assertEquals(TRUE.perPicture(), found.perPicture(), 1e-9);
        assertEquals(TRUE.phase(), found.phase(), 1e-10);
        assertEquals(TRUE.message(), found.message(), 1e-10);
        assertEquals(TRUE.perByte(), found.perByte(), 1e-16);
        assertEquals(
                TRUE.step(64, new Batching(16, 2), BYTES).seconds(),
                found.step(64, new Batching(16, 2), BYTES).seconds(),
                1e-9);
        assertThrows(
                IllegalArgumentException.class,
                () -> CostModel.fit(computed.subList(0, 1), 0, exchanged, 0),
                "one size says nothing of the slope");
        assertThrows(
                IllegalArgumentException.class,
                () -> CostModel.fit(
                        computed,
                        0,
                        exchanged.stream().filter(e -> e.executors() == 2).toList(),
                        0),
                "two executors alone do not tell a phase from a message");
    }

    @Test
    void noCostIsBelowNothing() {
        // Larger is faster here: noise, not a model.
        CostModel found = CostModel.fit(
                List.of(new Computed(8, 0.2), new Computed(16, 0.1)),
                0,
                List.of(
                        new Exchanged(2, 1_000_000, 1, 0.02),
                        new Exchanged(2, 2_000_000, 1, 0.01),
                        new Exchanged(3, 1_000_000, 1, 0.03)),
                0);
        assertEquals(0, found.perPicture());
        assertEquals(0, found.perByte());
        assertTrue(found.base() > 0 && found.message() > 0);
    }

    @Test
    void aSingleExecutorExchangesNothing() {
        CostModel.Step one = TRUE.step(1, new Batching(32, 1), BYTES);
        assertEquals(0.01 + 0.012 * 32, one.compute(), 1e-12);
        assertEquals(0, one.latency() + one.bandwidth() + one.straggler());
        assertEquals("compute", one.bound());
    }

    @Test
    void whatBindsChangesWithTheExecutors() {
        CostModel model = TRUE.over(1.25e9, 1e-4);
        assertEquals("compute", model.step(4, new Batching(32, 1), BYTES).bound());
        assertEquals("latency", model.step(1024, new Batching(32, 1), BYTES).bound());
        assertEquals("bandwidth", model.step(8, new Batching(1, 1), BYTES).bound());
        // A faster network never makes a step longer.
        for (int n = 2; n <= 1024; n *= 2) {
            Batching b = new Batching(32, 1);
            assertTrue(
                    TRUE.step(n, b, BYTES).seconds() < model.step(n, b, BYTES).seconds());
        }
    }

    @Test
    void theSmallestStepThatIsEfficientEnough() {
        CostModel model = TRUE.over(1.25e9, 1e-4);
        int before = 0;
        for (int n = 2; n <= 1024; n *= 2) {
            Batching b = model.reach(0.9, n, BYTES);
            assertTrue(model.step(n, b, BYTES).efficiency() >= 0.9);
            Batching smaller =
                    b.accumulate() > 1 ? new Batching(b.batch(), b.accumulate() - 1) : new Batching(b.batch() / 2, 1);
            assertTrue(smaller.batch() == 0 || model.step(n, smaller, BYTES).efficiency() < 0.9);
            assertTrue(b.batch() * b.accumulate() >= before, "more executors never want less");
            before = b.batch() * b.accumulate();
        }
        assertNull(new CostModel(0, 1e-9, 0, 1, 1, 0, 0).reach(0.9, 1024, 1));
    }
}
