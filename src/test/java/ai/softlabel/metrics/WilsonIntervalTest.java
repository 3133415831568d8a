package ai.softlabel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WilsonIntervalTest {
    /** SciPy 1.17: {@code binomtest(hits, count).proportion_ci(method="wilson")}. */
    @ParameterizedTest
    @CsvSource({
        "0,10,0.0,0.27753279986288926",
        "9,10,0.5958499732047615,0.9821237869049271",
        "45,50,0.7863976856252034,0.9565242350681095",
        "1,1,0.20654931437723745,1.0",
        "3,700,0.0014585773440834926,0.012523916436808249"
    })
    void agreesWithSciPy(long hits, long count, double low, double high) {
        WilsonInterval i = WilsonInterval.of((double) hits / count, count);
        assertEquals(low, i.low(), 1e-12);
        assertEquals(high, i.high(), 1e-12);
    }
}
