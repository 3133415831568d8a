package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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
        check(with(o -> o.headDecay(8e-3)), "head-weight-decay null instead of 0.008");
        check(with(o -> o.stageFactor(0.5)), "stage-lr-factor null instead of 0.5");
        check(with(o -> o.l2sp(true)), "l2-sp null instead of true");
        check(with(o -> o).toBuilder().decoding(Decoding.SCALED).build(), "decode null instead of scaled");
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
        assertNotEquals(plain.hash(), of(changed).hash());
        assertEquals(1, Fingerprint.later(changed).size());
    }
}
