package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AnnotationTest {
    @Test
    void oneLabelHasAWeightOfOne() {
        Annotation a = Annotation.of(3, Part.TEST);
        assertEquals(new Annotation(new int[] {3}, 1, null, Part.TEST), a);
        assertEquals(a.hashCode(), Annotation.of(3, Part.TEST).hashCode());
        assertEquals(3, a.label());
        assertEquals(2, a.weighted(2).weight());
        assertNotEquals(a, a.weighted(2));
        assertNotEquals(a, new Annotation(new int[] {3}, 1, "dog 7", Part.TEST));
        Example e = new Example("a.jpg", a, 4, null);
        assertEquals(3, e.label());
        assertEquals(new Example("a.jpg", a, 9, null), e.at(9));
    }

    @Test
    void itsLabelsAreItsOwn() {
        int[] labels = {1, 4};
        Annotation a = new Annotation(labels, 1, null, null);
        labels[0] = 0;
        assertEquals(1, a.labels()[0]);
    }

    @Test
    void mistakesAreQuoted() {
        for (int[] labels : new int[][] {{-1}, {2, 1}, {1, 1}}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new Annotation(labels, 1, null, null))
                    .getMessage();
            assertTrue(message.startsWith("expected labels from 0"), message);
        }
        for (double weight : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(
                    IllegalArgumentException.class, () -> Annotation.of(0, null).weighted(weight));
        }
        Annotation several = new Annotation(new int[] {1, 3}, 1, null, null);
        String message =
                assertThrows(IllegalStateException.class, several::label).getMessage();
        assertTrue(message.contains("found [1, 3]"), message);
    }
}
