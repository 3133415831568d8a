package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.network.ModelState;
import ai.softlabel.optim.Segments;
import ai.softlabel.spark.Loopback;
import ai.softlabel.spark.Mailbox;
import ai.softlabel.spark.Peer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of replicas on several executors, which are ends of the transport in this process, without Spark and BigDL. */
class UpdateTest {
    // Not on the grid.
    private static final int SIZE = 50_001;
    private static final int STEPS = 4;
    private static final double TIMEOUT = 60;

    private static Optimization optimization(String rule, double clip, double average, Wire wire) {
        return new Optimization(rule, "cosine", 0.1, 0, 1, 1, 0.9, 0, 1e-2, clip, average, 1, wire, 1e-2, 1, false);
    }

    private static final Segments SEGMENTS = new Segments(List.of(
            new Segments.Segment(0, 20_000, 1, 1e-2),
            new Segments.Segment(20_000, 20_100, 1, 0),
            new Segments.Segment(20_100, SIZE, 2, 1e-2)));

    /** What an executor ended with. */
    private record End(float[] weights, float[][] states, Exchange.Slice slice, List<Double> losses) {}

    private static float[] gradient(int replica, int step) {
        SplittableRandom r = new SplittableRandom(1000L * step + replica);
        float[] out = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            out[i] = (float) ((r.nextDouble() - 0.5) * Math.exp(6 * r.nextDouble()));
        }
        return out;
    }

    private static double loss(int replica, int step) {
        return Math.exp(new SplittableRandom(77L * step + replica).nextDouble() * 10);
    }

    private static Snapshot start(Optimization o) {
        float[][] states = new float[o.states()][SIZE];
        return new Snapshot(
                new ModelState(gradient(99, 99), new float[0], 0), states, 0, List.of(), 0, 0, new float[0]);
    }

    private static List<End> run(String letters, Optimization o) throws Exception {
        return run(letters, o, 0);
    }

    /**
     * Runs the steps of a stage.
     *
     * @param letters for each replica, of a task of its own, its executor's
     * @param first the epoch's step that it begins with
     */
    private static List<End> run(String letters, Optimization o, int first) throws Exception {
        List<Character> names =
                letters.chars().mapToObj(c -> (char) c).distinct().toList();
        List<Loopback> ends = new ArrayList<>();
        String stage = UUID.randomUUID().toString();
        try {
            List<Peer> tasks = new ArrayList<>();
            names.forEach(n -> ends.add(Loopback.open()));
            for (int i = 0; i < letters.length(); i++) {
                char c = letters.charAt(i);
                tasks.add(ends.get(names.indexOf(c)).peer(String.valueOf(c)));
            }
            Mailbox.Limits limits = new Mailbox.Limits(
                    PeerExchange.KINDS, letters.length(), PeerExchange.mostBytes(SIZE, letters.length()), first);
            List<Mailbox> boxes =
                    ends.stream().map(e -> e.mailbox(stage, limits)).toList();
            Placement placement = Placement.of(tasks, 1);
            List<CompletableFuture<End>> running = new ArrayList<>();
            for (int task = 0; task < tasks.size(); task++) {
                int replica = task;
                running.add(CompletableFuture.supplyAsync(
                        () -> task(placement, replica, boxes, stage, o, first), r -> new Thread(r).start()));
            }
            List<End> out = new ArrayList<>();
            for (CompletableFuture<End> r : running) {
                out.add(r.get());
            }
            return out;
        } finally {
            ends.forEach(Loopback::close);
        }
    }

    private static End task(
            Placement placement, int replica, List<Mailbox> boxes, String stage, Optimization o, int first) {
        int executor = placement.executorOf().get(replica);
        int[] own = placement.replicasOf(executor);
        Exchange.Slice all = new Exchange.Slice(0, SIZE);
        Group group = Group.join(
                stage,
                stage + executor,
                own.length,
                own.length,
                start(o),
                () -> placement.executors().size() == 1
                        ? new LocalExchange(all, own.length)
                        : new PeerExchange(
                                placement, executor, all, o.exchange(), boxes.get(executor), TIMEOUT, () -> false),
                TIMEOUT);
        int index = Arrays.binarySearch(own, replica);
        try {
            float[] gradient = new float[SIZE];
            group.gradients[index] = gradient;
            Update update = new Update(
                    o, SEGMENTS, o.l2sp() ? gradient(98, 98) : null, placement.replicas(), group, index, () -> false);
            group.await(() -> false);
            List<Double> losses = new ArrayList<>();
            for (int step = first; step < first + STEPS; step++) {
                System.arraycopy(gradient(replica, step), 0, gradient, 0, SIZE);
                group.losses[index] = loss(replica, step);
                group.await(() -> false);
                losses.add(update.reduce(step));
                update.apply(step, step, o.over(first + STEPS));
            }
            return new End(group.weights.clone(), group.states, group.exchange.mine(), losses);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (RuntimeException | Error e) {
            group.fail(e);
            throw e;
        } finally {
            group.leave();
        }
    }

    private static void sameBits(String letters, Optimization o) throws Exception {
        sameBits(letters, o, 0);
    }

    private static void sameBits(String letters, Optimization o, int first) throws Exception {
        End one = run("A".repeat(letters.length()), o, first).get(0);
        float[][] states = new float[one.states().length][SIZE];
        for (End end : run(letters, o, first)) {
            assertArrayEquals(one.weights(), end.weights());
            assertEquals(one.losses(), end.losses());
            for (int i = 0; i < states.length; i++) {
                System.arraycopy(
                        end.states()[i],
                        0,
                        states[i],
                        end.slice().from(),
                        end.slice().size());
            }
        }
        assertArrayEquals(one.states(), states);
        assertFalse(Arrays.equals(one.weights(), start(o).model().weights()));
    }

    @ParameterizedTest
    @CsvSource({
        "AABB", "ABAB", "ABBA", "AAABBB", "ABABAB", "AABBCC", "ABCABC", "AAAAAB", "ABCDEF", "AB", "ABC", "BAABABB"
    })
    void placementChangesNoBit(String letters) throws Exception {
        sameBits(letters, optimization("sgd", 0, 0, Wire.FLOAT32));
    }

    @ParameterizedTest
    @CsvSource({"ABAB,sgd,1,0", "AAABBB,lars,0,0", "ABCABC,lars,2,0.9", "AAABBB,adamw,0,0.5"})
    void norAlsoWithNormsAndAverages(String letters, String rule, double clip, double average) throws Exception {
        sameBits(letters, optimization(rule, clip, average, Wire.FLOAT32));
    }

    /** What follows a checkpoint within an epoch, on executors that then exchange gradients, norms and weights. */
    @ParameterizedTest
    @CsvSource({"AB,sgd,0", "ABAB,sgd,1", "ABCABC,lars,2"})
    void norInAStageThatBeginsWithinAnEpoch(String letters, String rule, double clip) throws Exception {
        sameBits(letters, optimization(rule, clip, 0, Wire.FLOAT32), 3);
    }

    @ParameterizedTest
    @CsvSource({"ABAB,sgd", "AAABBB,adamw"})
    void norWithDecayTowardsAnOrigin(String letters, String rule) throws Exception {
        Optimization o =
                new Optimization(rule, "cosine", 0.1, 0, 1, 1, 0.9, 0, 1e-2, 0, 0, 1, Wire.FLOAT32, 1e-2, 1, true);
        sameBits(letters, o);
        float[] plain =
                run(letters, optimization(rule, 0, 0, Wire.FLOAT32)).get(0).weights();
        assertFalse(Arrays.equals(plain, run(letters, o).get(0).weights()));
    }

    @ParameterizedTest
    @CsvSource({"AABB", "ABAB", "AAABBB"})
    void roundedSumsGiveAllExecutorsTheSameWeights(String letters) throws Exception {
        Optimization o = optimization("sgd", 0, 0, Wire.BFLOAT16);
        List<End> ends = run(letters, o);
        float[] exact =
                run(letters, optimization("sgd", 0, 0, Wire.FLOAT32)).get(0).weights();
        float[] before = start(o).model().weights();
        float[] rounded = ends.get(0).weights();
        double off = 0;
        double moved = 0;
        for (int i = 0; i < SIZE; i++) {
            off += Math.pow(rounded[i] - (double) exact[i], 2);
            moved += Math.pow(exact[i] - (double) before[i], 2);
        }
        // A number is off by 2^-9 of itself at most when it is rounded, twice in a step.
        assertTrue(off > 0 && Math.sqrt(off / moved) < 1.0 / 128, Math.sqrt(off / moved) + "");
        for (End end : ends) {
            assertArrayEquals(ends.get(0).weights(), end.weights());
        }
    }

    /** What an executor sends in a step: a slice of sums for each piece, its weights, and losses. */
    @Test
    void onlyWhatIsLeftOverTravelsSingly() throws Exception {
        Exchange.Slice all = new Exchange.Slice(0, SIZE);
        for (String letters : List.of("AABB", "ABAB", "AAABBB")) {
            try (Loopback end = Loopback.open()) {
                Mailbox box = end.mailbox(
                        letters, new Mailbox.Limits(PeerExchange.KINDS, 9, PeerExchange.mostBytes(SIZE, 9), 0));
                Placement placement = SumTreeTest.placement(letters);
                PeerExchange exchange = new PeerExchange(placement, 0, all, Wire.FLOAT32, box, TIMEOUT, () -> false);
                assertEquals(letters.equals("AABB") ? 1 : 2, exchange.pieces().size());
                assertEquals(letters.equals("AABB") ? 2 : 4, exchange.parts());
            }
        }
    }

    @Test
    void anExecutorThatIsSilentIsNamed() throws Exception {
        try (Loopback mine = Loopback.open();
                Loopback silent = Loopback.open()) {
            Placement placement = Placement.of(List.of(mine.peer("1"), silent.peer("2")), 1);
            Mailbox box = mine.mailbox("silent", new Mailbox.Limits(PeerExchange.KINDS, 2, 1 << 20, 0));
            PeerExchange exchange =
                    new PeerExchange(placement, 0, new Exchange.Slice(0, SIZE), Wire.FLOAT32, box, 0.3, () -> false);
            JobException e = assertThrows(JobException.class, () -> exchange.reduce(0, new double[1]));
            assertEquals(ExitStatus.TRAINING, e.status());
            assertTrue(e.getMessage().contains("expected executor 2 on 127.0.0.1 to answer"), e.getMessage());
        }
    }

    @Test
    void aMessageOfAnotherSizeIsNotSummed() throws Exception {
        try (Loopback mine = Loopback.open();
                Loopback other = Loopback.open()) {
            Mailbox.Limits limits = new Mailbox.Limits(PeerExchange.KINDS, 2, 1 << 20, 0);
            Placement placement = Placement.of(List.of(mine.peer("1"), other.peer("2")), 1);
            PeerExchange exchange = new PeerExchange(
                    placement,
                    0,
                    new Exchange.Slice(0, SIZE),
                    Wire.FLOAT32,
                    mine.mailbox("size", limits),
                    20,
                    () -> false);
            other.mailbox("size", limits).send(mine.peer("1"), "g", 0, 1, java.nio.ByteBuffer.allocate(64));
            assertThrows(IllegalStateException.class, () -> exchange.reduce(0, new double[1]));
        }
    }

    @Test
    void oneTaskThatFailsEndsAllOfItsExecutor() {
        Optimization broken = optimization("sgd", 0, 0, Wire.FLOAT32);
        Group group = Group.join(
                "broken", "broken", 2, 2, start(broken), () -> new LocalExchange(new Exchange.Slice(0, SIZE), 2), 20);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
            try {
                group.await(() -> false);
            } catch (InterruptedException e) {
                throw new IllegalArgumentException(e);
            }
        });
        group.fail(new IllegalStateException("no picture"));
        ExecutionException e = assertThrows(ExecutionException.class, waiting::get);
        assertEquals(
                "another replica of this executor failed: no picture",
                e.getCause().getMessage());
    }
}
