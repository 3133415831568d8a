package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Annotation;
import ai.softlabel.Part;
import ai.softlabel.score.Features;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BalanceTest {
    /** 90, 9 and 1 pictures. */
    private static List<Features> items() {
        List<Features> items = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int label = i < 90 ? 0 : i < 99 ? 1 : 2;
            items.add(new Features("p" + i, Annotation.of(label, Part.TRAIN), i, new float[1][1]));
        }
        return items;
    }

    private static Recipe recipe(boolean sampled) {
        Hyperparameters h = Hyperparameters.builder().batchSize(10).build();
        return new Recipe(h, 3, 1, new Balance(List.of(), sampled));
    }

    private static List<Features> epoch(Batches<Features> batches) {
        List<Features> out = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            out.add(batches.get(i / 10, i % 10));
        }
        return out;
    }

    @Test
    void classesTakeTurnsAndEachOnesPicturesToo() {
        Batches<Features> batches = new Batches<>(recipe(true), 0, Items.of(items()));
        Map<Integer, Integer> classes = new TreeMap<>();
        Map<String, Integer> pictures = new TreeMap<>();
        List<Features> order = epoch(batches);
        // Batches go forward only.
        Batches<Features> again = new Batches<>(recipe(true), 0, Items.of(items()));
        for (int i = 0; i < 100; i++) {
            Features f = again.get(i / 10, i % 10);
            assertEquals(order.get(i).name(), f.name());
            classes.merge(f.label(), 1, Integer::sum);
            assertEquals(pictures.getOrDefault(f.name(), 0), again.turn(i / 10, i % 10), f.name());
            pictures.merge(f.name(), 1, Integer::sum);
        }
        classes.forEach((label, n) -> assertEquals(33.3, n, 0.8, "class " + label));
        for (Features f : items()) {
            int n = pictures.getOrDefault(f.name(), 0);
            switch (f.label()) {
                case 0 -> assertTrue(n <= 1, f.name());
                // 33 or 34 turns of 9 pictures.
                case 1 -> assertTrue(n == 3 || n == 4, f.name() + " " + n);
                default -> assertTrue(n == 33 || n == 34, f.name());
            }
        }
        // The order depends on seed, epoch and names, not on the order in which the items came.
        List<Features> reversed = items();
        Collections.reverse(reversed);
        assertEquals(names(order), names(epoch(new Batches<>(recipe(true), 0, Items.of(reversed)))));
        assertNotEquals(names(order), names(epoch(new Batches<>(recipe(true), 1, Items.of(items())))));
        // A picture that comes again is augmented anew.
        Features rare = items().get(99);
        assertNotEquals(
                batches.random("augment", rare, 0).nextLong(),
                batches.random("augment", rare, 1).nextLong());
    }

    private static List<String> names(List<Features> order) {
        return order.stream().map(Features::name).toList();
    }

    @Test
    void withoutASamplerEveryPictureComesOnce() {
        List<String> order = names(epoch(new Batches<>(recipe(false), 0, Items.of(items()))));
        assertEquals(
                names(items()).stream().sorted().toList(),
                order.stream().sorted().toList());
    }

    /** scikit-learn's compute_class_weight("balanced"), which has no classes without pictures. */
    @Test
    void balancedWeightsGiveEveryClassTheSameShare() {
        assertArrayEquals(
                new double[] {100 / 3.0 / 90, 1, 100 / 3.0 / 9, 100 / 3.0},
                Balance.balanced(new long[] {90, 0, 9, 1}),
                1e-12);
    }
}
