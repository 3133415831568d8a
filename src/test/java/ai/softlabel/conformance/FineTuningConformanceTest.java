package ai.softlabel.conformance;

import ai.softlabel.TestFiles;
import ai.softlabel.network.Model;
import ai.softlabel.network.Parameter;
import ai.softlabel.optim.AdamW;
import ai.softlabel.optim.Optimizer;
import ai.softlabel.optim.Segments;
import ai.softlabel.optim.Segments.Segment;
import ai.softlabel.optim.Sgd;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A hundred steps with rates by stage and decays of body and head, against PyTorch's parameter groups over
 * torchvision's names. Three values stand for each of ResNet-18's parameters.
 */
class FineTuningConformanceTest {
    private static final Model MODEL = Model.of("resnet18", 37);
    private static final int EACH = 3;
    private static final int TOTAL = EACH * MODEL.parameters().size();
    private static JsonNode golden;

    @BeforeAll
    static void read() throws IOException {
        golden = new ObjectMapper().readTree(TestFiles.bytes("golden/finetuning.json"));
    }

    private static float[] fill(String kind) {
        float[] out = new float[TOTAL];
        int at = 0;
        for (Parameter p : MODEL.parameters()) {
            Streams.fill(kind + p.name(), out, at, EACH, -1, 1, 1);
            at += EACH;
        }
        return out;
    }

    /** The model's segments with {@link #EACH} values each. */
    private static Segments segments() {
        List<Segment> all = new ArrayList<>();
        for (Segment s : Segments.of(MODEL, 1, 0.5, 10, 0.01, 0.2).all()) {
            int at = EACH * all.size();
            all.add(new Segment(at, at + EACH, s.factor(), s.decay()));
        }
        return new Segments(all);
    }

    private static double[] run(Optimizer rule, double rate, float[] origin) {
        float[] w = fill("finetuning/");
        float[] goal = fill("goal/");
        float[] g = new float[TOTAL];
        float[][] state = new float[rule.states()][TOTAL];
        for (int k = 0; k < 100; k++) {
            float[] tilt = fill("tilt/" + k + "/");
            for (int i = 0; i < TOTAL; i++) {
                double d = w[i] - goal[i];
                g[i] = (float) (0.05 * (2 * d + 0.4 * d * d * d) + 0.02 * tilt[i]);
            }
            rule.update(
                    segments(),
                    new Optimizer.Arrays(w, g, state, 0, origin),
                    0,
                    TOTAL,
                    new Optimizer.Step(k + 1, rate, 0.9, 1, null));
        }
        return Streams.doubles(w);
    }

    @ParameterizedTest
    @CsvSource({"sgd,0.05,Nesterov SGD", "adamw,0.01,AdamW"})
    void ratesByStageAndTwoDecaysFollowTheReference(String name, double rate, String title) {
        check(name, rate, null, "optimiser: " + title + ", rates by stage and two decays, 100 steps");
    }

    /** The head's three values for each parameter have the origin zero. */
    @ParameterizedTest
    @CsvSource({"sgd,0.05,Nesterov SGD", "adamw,0.01,AdamW"})
    void decayTowardsThePretrainedWeightsFollowsTheReference(String name, double rate, String title) {
        float[] origin = fill("finetuning/");
        Arrays.fill(origin, TOTAL - 2 * EACH, TOTAL, 0);
        check(name + "-l2sp", rate, origin, "optimiser: " + title + " with L2-SP, 100 steps");
    }

    private static void check(String name, double rate, float[] origin, String title) {
        double[] found = run(name.startsWith("sgd") ? new Sgd(true) : new AdamW(0.999, 1e-8), rate, origin);
        double[] expected = new double[TOTAL];
        for (int p = 0; p < MODEL.parameters().size(); p++) {
            JsonNode values = golden.get(name).get(MODEL.parameters().get(p).name());
            for (int i = 0; i < EACH; i++) {
                expected[EACH * p + i] = values.get(i).asDouble();
            }
        }
        Comparisons.check(
                title,
                "PyTorch " + golden.get("torch").asText(),
                Streams.distance(expected, found) / Streams.norm(expected),
                1e-5,
                "the weights' norm");
    }
}
