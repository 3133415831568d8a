package ai.softlabel.network;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each parameter tensor's gradient is the derivative, whatever layouts the kernels choose for a shape. */
class GradientTest {
    /**
     * The worst that ReLUs and max pooling, which change sides within a step, bring about is half of this; a tensor in
     * the wrong layout is off by about one.
     */
    private static final double ALLOWED = 0.15;

    @ParameterizedTest
    @CsvSource({
        "18,64,2,true,1",
        "18,64,2,false,5",
        "18,32,1,true,3",
        "18,32,8,false,5",
        "18,100,1,true,7",
        "34,32,3,true,7",
        "50,32,2,true,9",
        "50,64,2,true,9",
        "50,64,5,false,29",
        "101,32,2,true,29",
        "152,64,1,true,89"
    })
    void isTheDerivative(int depth, int size, int batch, boolean folded, int stride) {
        check(new Case(depth, size, batch, folded), stride);
    }

    private record Case(int depth, int size, int batch, boolean folded) {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (int depth : ResNet.DEPTHS) {
            for (int size : List.of(32, 48, 64, 72, 96, 128, 160, 224)) {
                for (int batch : List.of(1, 2, 5)) {
                    cases.add(new Case(depth, size, batch, true));
                    // Over one picture, or two of one pixel each, normalisation leaves no gradient.
                    if (batch > 2) {
                        cases.add(new Case(depth, size, batch, false));
                    }
                }
            }
        }
        return cases;
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("all")
    void isTheDerivativeEverywhere(Case what) {
        check(what, what.depth() < 50 ? 3 : what.depth() / 5);
    }

    private static void check(Case what, int stride) {
        try (Derivatives derivatives =
                new Derivatives("resnet" + what.depth(), what.size(), what.batch(), what.folded())) {
            Map<String, Double> errors = derivatives.errors(stride, 2, ALLOWED);
            errors.values().removeIf(e -> e <= ALLOWED);
            assertTrue(errors.isEmpty(), () -> what + ": gradients off by more than " + ALLOWED + ": " + errors);
        }
    }
}
