package ai.softlabel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.Serializable;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Results of executors that are decommissioned; the driver's end is in this process. */
class HandoverTest {
    private static final String LEAVES = "7";

    private final String token = UUID.randomUUID().toString();
    private final Handover handover = Handover.open(token);
    private int handed;

    @AfterEach
    void close() {
        handover.close();
    }

    private Object driver(Serializable message) {
        if (message instanceof Handover.Handed result) {
            handed++;
            return Handover.take(result);
        }
        return message.equals(new Handover.Question(LEAVES));
    }

    private Serializable returned(Serializable result, int attempt, int partition) {
        return Handover.returned(result, note(attempt, partition), LEAVES, this::driver);
    }

    private Handover.Note note(int attempt, int partition) {
        return new Handover.Note(token + "." + attempt, partition);
    }

    @Test
    void aNoteIsReturnedForWhatTheDriverHas() {
        Serializable note = returned("own", 0, 1);
        assertEquals(note(0, 1), note);
        assertEquals("own", handover.result(note));
        // The driver keeps nothing of it.
        assertThrows(IllegalStateException.class, () -> handover.result(note));
    }

    @Test
    void anExecutorThatStaysReturnsItsResult() {
        assertSame("own", Handover.returned("own", note(0, 1), "8", this::driver));
        assertSame("own", handover.result("own"));
        assertEquals(0, handed);
    }

    @Test
    void soDoesOneWhoseDriverDoesNotTakeIt() {
        handover.close();
        assertSame("own", returned("own", 0, 1));
        assertEquals(1, handed);
        assertSame("own", Handover.returned("own", note(0, 1), LEAVES, message -> null));
    }

    @Test
    void attemptsAndPartitionsAreNotMixed() {
        Serializable earlier = returned("earlier", 0, 1);
        Serializable other = returned("other", 1, 0);
        Serializable later = returned("later", 1, 1);
        assertEquals("later", handover.result(later));
        assertEquals("other", handover.result(other));
        assertEquals("earlier", handover.result(earlier));
    }

    @Test
    void nothingIsTakenForAStageThatDoesNotRun() {
        for (String stage : List.of("", ".", "0", token, "another.0")) {
            assertFalse(Handover.take(new Handover.Handed(new Handover.Note(stage, 1), "own")), stage);
        }
    }
}
