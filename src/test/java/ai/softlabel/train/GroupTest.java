package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.network.ModelState;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tasks of one process, without Spark. */
class GroupTest {
    private static final int SIZE = 5000;

    private static Snapshot snapshot(int size, float value) {
        float[] weights = new float[size];
        Arrays.fill(weights, value);
        return new Snapshot(
                new ModelState(weights, new float[0], 0),
                new float[][] {weights.clone()},
                0,
                List.of(),
                0,
                0,
                new float[0]);
    }

    private static Group join(String run, String stage, int tasks, int size, float value, double timeout) {
        return Group.join(
                run,
                stage,
                tasks,
                tasks,
                snapshot(size, value),
                () -> new LocalExchange(new Exchange.Slice(0, size), tasks),
                timeout);
    }

    @Test
    void twoRunsAtOnceDoNotMeet() {
        Group a = join("a", "a1", 1, SIZE, 1, 1);
        Group b = join("b", "b1", 1, SIZE, 2, 1);
        Group late = join("a", "a2", 1, SIZE, 3, 1);
        assertEquals(List.of(1f, 2f, 3f), List.of(a.weights[7], b.weights[7], late.weights[7]));
        a.weights[7] = 9;
        assertEquals(List.of(2f, 3f), List.of(b.weights[7], late.weights[7]));
        List.of(a, b, late).forEach(Group::leave);
    }

    @Test
    void aRunGetsItsArrayBack() {
        Group a = join("back", "back1", 1, SIZE, 1, 1);
        Group b = join("other", "other1", 1, SIZE, 2, 1);
        float[] mine = a.weights;
        a.leave();
        b.leave();
        Group next = join("back", "back2", 1, SIZE, 4, 1);
        Group others = join("other", "other2", 1, SIZE, 5, 1);
        assertSame(mine, next.weights);
        assertEquals(4, mine[0]);
        assertSame(b.weights, others.weights);
        // One of another size has nothing to do with it.
        Group small = join("back", "back3", 1, 10, 6, 1);
        assertNotSame(mine, small.weights);
        List.of(next, others, small).forEach(Group::leave);
    }

    @Test
    void tasksOfAStageShareOneGroup() {
        Group a = join("one", "same", 2, SIZE, 1, 1);
        assertSame(a, join("one", "same", 2, SIZE, 1, 1));
        a.leave();
        assertSame(a, join("one", "same", 2, SIZE, 1, 1));
        a.leave();
        assertNotSame(a, join("one", "same", 2, SIZE, 1, 1));
    }

    @Test
    void nobodyGoesOnBeforeAllHaveCome() throws Exception {
        Group group = join("phases", "phases", 3, SIZE, 0, 20);
        AtomicInteger came = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(3);
        List<CompletableFuture<Void>> tasks = java.util.stream.Stream.generate(() -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                start.await();
                                for (int phase = 1; phase <= 200; phase++) {
                                    came.incrementAndGet();
                                    group.await(() -> false);
                                    assertTrue(came.get() >= 3 * phase, () -> "found " + came.get());
                                    group.await(() -> false);
                                }
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        r -> new Thread(r).start()))
                .limit(3)
                .toList();
        for (CompletableFuture<Void> t : tasks) {
            t.get();
        }
        assertEquals(600, came.get());
    }

    @Test
    void aTaskThatFailsEndsTheOthersWait() throws Exception {
        Group group = join("fails", "fails", 2, SIZE, 0, 60);
        CompletableFuture<Throwable> other = CompletableFuture.supplyAsync(
                () -> assertThrows(IllegalStateException.class, () -> group.await(() -> false)));
        Thread.sleep(300);
        group.fail(new IllegalArgumentException("a picture of no size"));
        assertEquals(
                "another replica of this executor failed: a picture of no size",
                other.get().getMessage());
    }

    @Test
    void aSilentTaskEndsTheWaitInTime() {
        Group group = join("silent", "silent", 2, SIZE, 0, 0.3);
        JobException e = assertThrows(JobException.class, () -> group.await(() -> false));
        assertEquals(ExitStatus.TRAINING, e.status());
    }

    @Test
    void aCancelledTaskDoesNotWait() {
        Group group = join("cancelled", "cancelled", 2, SIZE, 0, 60);
        assertThrows(InterruptedException.class, () -> group.await(() -> true));
    }
}
