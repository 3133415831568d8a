package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Annotation;
import ai.softlabel.Part;
import ai.softlabel.Picture;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockItemsTest {
    private static final int PER_BLOCK = 5;
    private static final int COUNT = 98;
    private static final int BLOCKS = 20;

    private static final List<Picture> ALL = IntStream.range(0, COUNT)
            .mapToObj(i -> new Picture("p" + i, Annotation.of(0, Part.TRAIN), i, null))
            .toList();

    private final AtomicInteger read = new AtomicInteger();

    private List<Picture> block(int b) {
        List<Picture> found = ALL.subList(b * PER_BLOCK, Math.min(COUNT, (b + 1) * PER_BLOCK));
        read.addAndGet(found.size());
        return found;
    }

    private BlockItems<Picture> items(int perWindow) {
        return new BlockItems<>(BLOCKS, perWindow, PER_BLOCK, this::block);
    }

    private static List<String> taken(Items<Picture> items, int epoch, int count) {
        List<String> names = new ArrayList<>();
        try (Order<Picture> order = items.order(7, epoch)) {
            for (int i = 0; i < count; i++) {
                names.add(order.next().name());
            }
        }
        return names;
    }

    @Test
    void whatFitsInOneWindowHasTheOrderOfMemory() {
        assertEquals(taken(Items.of(ALL), 3, COUNT), taken(items(BLOCKS), 3, COUNT));
    }

    @Test
    void anEpochHasEachItemOnceInAnOrderOfItsOwn() {
        List<String> first = taken(items(4), 0, COUNT);
        assertEquals(COUNT, Set.copyOf(first).size());
        assertEquals(first, taken(items(4), 0, COUNT));
        List<String> second = taken(items(4), 1, COUNT);
        assertEquals(Set.copyOf(first), Set.copyOf(second));
        assertNotEquals(first, second);
        // Other blocks come together: the first windows of two epochs share what chance makes them share.
        Set<String> window = new HashSet<>(first.subList(0, 20));
        window.retainAll(second.subList(0, 20));
        assertTrue(window.size() <= 10, window.toString());
    }

    @Test
    void afterTheLastItemComesTheFirst() {
        List<String> twice = taken(items(4), 0, 2 * COUNT);
        assertEquals(twice.subList(0, COUNT), twice.subList(COUNT, 2 * COUNT));
    }

    @Test
    void memoryHoldsAWindowAndABlock() throws InterruptedException {
        try (Order<Picture> order = items(4).order(7, 0)) {
            for (int i = 1; i <= COUNT; i++) {
                order.next();
                if (i % 7 == 0) {
                    Thread.sleep(5);
                }
                assertTrue(read.get() - i <= 5 * PER_BLOCK, read.get() + " read, " + i + " taken");
            }
        }
        assertEquals(COUNT, read.get());
    }

    @Test
    void theReaderIsAWindowAhead() throws InterruptedException {
        try (Order<Picture> order = items(4).order(7, 0)) {
            order.next();
            for (int i = 0; i < 500 && read.get() < 25; i++) {
                Thread.sleep(10);
            }
            // The first window, and what one taken item and the spare block leave room for.
            assertEquals(25, read.get());
        }
    }

    @Test
    void aBlockThatCanNotBeReadEndsTheEpoch() {
        Items<Picture> items = new BlockItems<>(BLOCKS, 4, PER_BLOCK, b -> {
            if (b == 11) {
                throw new IllegalStateException("block 11 is lost");
            }
            return block(b);
        });
        assertEquals(
                "block 11 is lost",
                assertThrows(IllegalStateException.class, () -> taken(items, 0, COUNT))
                        .getMessage());
    }

    @Test
    void whatIsDecodedAheadKeepsItsOrderAndStopsAtTheEnd() {
        AtomicInteger decoded = new AtomicInteger();
        Items<String> ahead = new DecodedAhead<>(
                items(4),
                p -> {
                    decoded.incrementAndGet();
                    return p.name();
                },
                8,
                50);
        List<String> names = new ArrayList<>();
        try (Order<String> order = ahead.order(7, 2)) {
            for (int i = 0; i < 50; i++) {
                names.add(order.next());
            }
        }
        assertEquals(taken(items(4), 2, 50), names);
        assertEquals(50, decoded.get());
    }

    @Test
    void whatIsDecodedAheadKeepsItsTurns() {
        List<Picture> uneven = IntStream.range(0, 12)
                .mapToObj(i -> new Picture("p" + i, Annotation.of(i < 2 ? 0 : 1, Part.TRAIN), i, null))
                .toList();
        Items<Picture> stored = Items.of(uneven);
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        try (Order<Picture> order = stored.balanced(7, 1);
                Order<String> ahead = new DecodedAhead<>(stored, Picture::name, 5, 12).balanced(7, 1)) {
            for (int i = 0; i < 12; i++) {
                expected.add(order.next().name() + " " + order.turn());
                found.add(ahead.next() + " " + ahead.turn());
            }
        }
        assertEquals(expected, found);
        assertTrue(expected.stream().anyMatch(e -> e.endsWith(" 2")), expected.toString());
    }

    private static <T> List<T> rest(Items<T> items, Place from, int count) {
        List<T> out = new ArrayList<>();
        try (Order<T> order = items.order(7, 2, from)) {
            for (int i = 0; i < count; i++) {
                out.add(order.next());
            }
        }
        return out;
    }

    private static <T> void goesOnFromAnyPlace(Items<T> items) {
        // Over the end, where the first item comes again.
        int count = COUNT + 30;
        List<T> all = rest(items, Place.START, count);
        try (Order<T> order = items.order(7, 2)) {
            for (int taken = 0; taken < count; taken++) {
                if (taken % 3 == 0 || taken > COUNT - 4) {
                    assertEquals(all.subList(taken, count), rest(items, order.place(), count - taken));
                }
                order.next();
            }
        }
    }

    @Test
    void anOrderGoesOnFromAnyPlace() {
        goesOnFromAnyPlace(Items.of(ALL));
        goesOnFromAnyPlace(items(4));
        goesOnFromAnyPlace(items(BLOCKS));
        goesOnFromAnyPlace(new DecodedAhead<>(items(4), Picture::name, 7, 10 * COUNT));
    }

    @Test
    void whatGoesOnReadsNoWindowThatIsOver() {
        Place place;
        try (Order<Picture> order = items(4).order(7, 2)) {
            for (int i = 0; i < 50; i++) {
                order.next();
            }
            place = order.place();
        }
        assertEquals(2, place.window());
        read.set(0);
        try (Order<Picture> rest = items(4).order(7, 2, place)) {
            while (rest.place().window() < 4) {
                rest.next();
            }
        }
        assertTrue(read.get() <= 60, read.get() + " read of the 60 in the last three windows");
    }

    /** Of every twelve items one is of class 0, one of class 1, the others of class 2. */
    private static BlockItems<Picture> uneven(int perWindow) {
        List<Picture> all = IntStream.range(0, COUNT)
                .mapToObj(i -> new Picture("p" + i, Annotation.of(Math.min(2, i % 12), Part.TRAIN), i, null))
                .toList();
        return new BlockItems<>(
                BLOCKS, perWindow, PER_BLOCK, b -> all.subList(b * PER_BLOCK, Math.min(COUNT, (b + 1) * PER_BLOCK)));
    }

    private static List<String> turns(Items<Picture> items, int count, Place from) {
        List<String> out = new ArrayList<>();
        try (Order<Picture> order = items.balanced(7, 1, from)) {
            for (int i = 0; i < count; i++) {
                Picture p = order.next();
                out.add(p.label() + " " + p.name() + " " + order.turn());
            }
        }
        return out;
    }

    @Test
    void classesTakeTurnsWithinAWindow() {
        BlockItems<Picture> whole = uneven(BLOCKS);
        List<Picture> all = IntStream.range(0, BLOCKS)
                .boxed()
                .flatMap(b -> whole.read().apply(b).stream())
                .toList();
        assertEquals(turns(Items.of(all), COUNT, Place.START), turns(whole, COUNT, Place.START));

        // Two windows of 50 and 48 items, each with pictures of every class.
        List<String> halves = turns(uneven(10), 2 * COUNT, Place.START);
        assertEquals(halves.subList(0, COUNT), halves.subList(COUNT, 2 * COUNT));
        for (int label = 0; label < 3; label++) {
            String start = label + " ";
            long of = halves.subList(0, COUNT).stream()
                    .filter(t -> t.startsWith(start))
                    .count();
            assertTrue(of >= COUNT / 3 - 2 && of <= COUNT / 3 + 2, of + " of class " + label);
        }
        assertEquals(COUNT, Set.copyOf(halves.subList(0, COUNT)).size());
    }

    @Test
    void turnsGoOnFromAnyPlace() {
        BlockItems<Picture> items = uneven(10);
        List<String> all = turns(items, COUNT + 20, Place.START);
        try (Order<Picture> order = items.balanced(7, 1)) {
            for (int taken = 0; taken < COUNT + 20; taken++) {
                if (taken % 9 == 0 || taken > COUNT - 3) {
                    assertEquals(all.subList(taken, all.size()), turns(items, all.size() - taken, order.place()));
                }
                order.next();
            }
        }
    }
}
