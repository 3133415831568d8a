package ai.softlabel.command.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.softlabel.data.ContentSum;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictPlanTest {
    @ParameterizedTest
    @CsvSource({"1,4,32,1", "32,2,32,16", "100,2,32,32", "10000,4,32,313", "1000000,4,32,2000", "100000000,512,32,2000"
    })
    void partitionsAreManyAndBoundedAndNoSmallerThanABatch(int pictures, int slots, int batch, int size) {
        assertEquals(size, PredictPlan.perPartition(pictures, slots, batch));
    }

    @Test
    void theHashOfSomeNamesGoesOnFromThoseBefore() {
        List<String> names = List.of("a", "b", "c", "d");
        String first = PredictPlan.hash("", names.subList(0, 3).iterator());
        assertEquals(
                PredictPlan.hash("", names.iterator()),
                PredictPlan.hash(first, names.subList(3, 4).iterator()));
        assertNotEquals(
                PredictPlan.hash("", List.of("b", "a").iterator()),
                PredictPlan.hash("", List.of("a", "b").iterator()));
    }

    @Test
    void aFingerprintIsOfPicturesAndNotOfTheirOrder() {
        ContentSum a = ContentSum.none().plus("a", "1").plus("b", "2").plus("c", "3");
        ContentSum b = ContentSum.none().plus("c", "3").plus("a", "1");
        assertEquals(a, b.plus(ContentSum.none().plus("b", "2")));
        assertEquals(a, ContentSum.parse(a.toString()));
        assertEquals(64, a.toString().length());
        assertNotEquals(a, b);
        assertNotEquals(a, ContentSum.none().plus("a", "2").plus("b", "1").plus("c", "3"));
    }
}
