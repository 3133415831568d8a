package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.softlabel.data.Decoding;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static Hyperparameters with(UnaryOperator<Optimization.Builder> change) {
        return Hyperparameters.builder()
                .optimization(change.apply(Optimization.builder()).build())
                .build();
    }

    private static Fingerprint of(Hyperparameters h) {
        return Fingerprint.of(new Recipe(h, 37, 2), "data", "weights", null);
    }

    /** The hash of a checkpoint that was written before there were such options. */
    @Test
    void optionsAtTheirDefaultsAreNotNamed() {
        Hyperparameters plain = with(o -> o);
        assertEquals(Map.of(), Fingerprint.later(plain));
        assertEquals(
                of(plain).hash(),
                of(with(o -> o.headDecay(1e-4).stageFactor(1))).hash());
        assertEquals(Map.of(), Fingerprint.later(with(o -> o.weightDecay(0.01))));
    }

    @Test
    void eachOptionIsNamedWhereItDiffers() {
        check(with(o -> o.headDecay(8e-3)), "head-weight-decay default instead of 0.008");
        check(with(o -> o.stageFactor(0.5)), "stage-lr-factor default instead of 0.5");
        check(with(o -> o.l2sp(true)), "l2-sp default instead of true");
        check(with(o -> o).toBuilder().decoding(Decoding.SCALED).build(), "decode default instead of scaled");
        check(with(o -> o).toBuilder().storeSize(256).build(), "store-size default instead of 256");
    }

    /** What scoring stores is the default, whether it is given or not, and follows the test size. */
    @Test
    void aStoreSizeIsNamedWhereScoringStoresAnother() {
        Hyperparameters given = Hyperparameters.builder().storeSize(146).build();
        assertEquals(of(Hyperparameters.builder().build()).hash(), of(given).hash());
        Hyperparameters larger = given.toBuilder().testSize(224).build();
        assertEquals("146", of(larger).fields().get("store-size"));
        assertEquals(256, larger.toBuilder().storeSize(0).build().storedSide());
        for (int wrong : new int[] {127, 1025, -1}) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> given.toBuilder().storeSize(wrong).build())
                    .getMessage();
            assertEquals("expected a store size from the image size 128 to 1024, or 0, found " + wrong, message);
        }
    }

    @Test
    void severalTestSizesAreNamedAsGiven() {
        Hyperparameters several = Hyperparameters.builder().testSize(128, 224).build();
        assertEquals("224,128", of(several).fields().get("test-size"));
        assertEquals(
                "224", of(several.toBuilder().testSize(224).build()).fields().get("test-size"));
        assertEquals("128", of(several.toBuilder().testSize(0).build()).fields().get("test-size"));
    }

    private static void check(Hyperparameters changed, String difference) {
        Fingerprint plain = of(with(o -> o));
        assertEquals(List.of(difference), of(changed).differences(plain.fields()));
        String[] words = difference.split(" ");
        assertEquals(
                List.of(words[0] + " " + words[4] + " instead of default"),
                plain.differences(of(changed).fields()));
        assertNotEquals(plain.hash(), of(changed).hash());
        assertEquals(1, Fingerprint.later(changed).size());
    }
}
