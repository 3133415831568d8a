package ai.softlabel.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.train.StepTimes;
import ai.softlabel.train.Trainer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PhasesTest {
    private long now = 5_000_000_000L;
    private final Phases phases = new Phases(() -> now);

    private void pass(double seconds) {
        now += Math.round(seconds * 1e9);
    }

    private static double whole(Map<String, Double> seconds) {
        return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    @Test
    void innerPhasesAreCountedOnceAndTheRestIsOther() {
        pass(1);
        try (Phases.Phase outer = phases.begin("outer")) {
            pass(2);
            try (Phases.Phase inner = phases.begin("inner")) {
                pass(4);
            }
            pass(8);
        }
        pass(16);
        try (Phases.Phase again = phases.begin("inner")) {
            pass(32);
        }
        Map<String, Double> seconds = phases.seconds();
        assertEquals(Map.of("outer", 10.0, "inner", 36.0, Phases.OTHER, 17.0), seconds);
        assertEquals(List.of("outer", "inner", Phases.OTHER), List.copyOf(seconds.keySet()));
        assertEquals(63, whole(seconds), 1e-12);
    }

    @Test
    void anOpenPhaseCountsUntilNow() {
        try (Phases.Phase outer = phases.begin("outer")) {
            pass(1);
            assertEquals(Map.of("outer", 1.0, Phases.OTHER, 0.0), phases.seconds());
            phases.restart();
            pass(2);
            assertEquals(Map.of("outer", 2.0, Phases.OTHER, 0.0), phases.seconds());
        }
        pass(4);
        assertEquals(Map.of("outer", 2.0, Phases.OTHER, 4.0), phases.seconds());
    }

    @Test
    void exceptionsEndPhases() {
        assertThrows(IllegalStateException.class, () -> {
            try (Phases.Phase outer = phases.begin("outer")) {
                // Never closed: it ends with the outer one.
                phases.begin("lost");
                pass(1);
                throw new IllegalStateException();
            }
        });
        pass(2);
        assertEquals(Map.of("outer", 0.0, "lost", 1.0, Phases.OTHER, 2.0), phases.seconds());
    }

    @Test
    void closingTwiceEndsNoOther() {
        try (Phases.Phase outer = phases.begin("outer")) {
            Phases.Phase inner = phases.begin("inner");
            pass(1);
            inner.close();
            inner.close();
            pass(2);
        }
        assertEquals(Map.of("outer", 2.0, "inner", 1.0, Phases.OTHER, 0.0), phases.seconds());
    }

    @Test
    void aPartIsTakenFromThePresentPhase() {
        try (Phases.Phase outer = phases.begin("outer")) {
            pass(10);
            phases.part("steps", 7);
            phases.part("steps", 0);
            // Other clocks may say more than there is.
            phases.part("more", 4);
            phases.part("less", -1);
        }
        assertEquals(Map.of("outer", 0.0, "steps", 7.0, "more", 3.0, "less", 0.0, Phases.OTHER, 0.0), phases.seconds());
    }

    @Test
    void anEpochIsItsStepsAndTheRestOfItsStages() {
        // What an earlier test of this process loaded.
        NativeThread.loadSeconds();
        for (String steps : List.of("steps", "folds")) {
            Trainer.Epoch done = new Trainer.Epoch(null, 1, 1, 3, 10, 7, StepTimes.NONE, List.of(), 0, 0);
            assertSame(done, phases.epoch(steps, () -> {
                pass(8);
                try (Phases.Phase between = phases.begin("checkpoints")) {
                    pass(2);
                }
                return done;
            }));
        }
        assertEquals(
                Map.of("stages", 2.0, "checkpoints", 4.0, "steps", 7.0, "folds", 7.0, Phases.OTHER, 0.0),
                phases.seconds());
    }

    @Test
    void theLaunchIsFromTheCallOrElseTheProcesssStart() {
        Instant at = Instant.ofEpochMilli(1_800_000_000_500L);
        Instant process = at.minusSeconds(2);
        assertEquals(3_500_000_000L, Phases.launch("1799999997000", process, at));
        for (String none : new String[] {null, "", "%3N", "1799999997.0"}) {
            assertEquals(2_000_000_000L, Phases.launch(none, process, at), none);
        }
        assertEquals(0, Phases.launch("1800000009000", process, at));
    }

    @Test
    void aProcessHasALaunch() {
        Map<String, Double> seconds = Phases.sinceLaunch().seconds();
        assertEquals(List.of(Phases.LAUNCH, Phases.OTHER), List.copyOf(seconds.keySet()));
        assertTrue(seconds.get(Phases.LAUNCH) >= 0, seconds.toString());
    }
}
