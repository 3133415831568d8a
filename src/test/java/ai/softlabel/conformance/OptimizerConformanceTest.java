package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.softlabel.TestFiles;
import ai.softlabel.optim.AdamW;
import ai.softlabel.optim.Average;
import ai.softlabel.optim.GradientNorms;
import ai.softlabel.optim.Lars;
import ai.softlabel.optim.Optimizer;
import ai.softlabel.optim.Schedule;
import ai.softlabel.optim.Segments;
import ai.softlabel.optim.Segments.Segment;
import ai.softlabel.optim.Sgd;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A hundred steps of each update rule on a small problem, against PyTorch and timm. */
class OptimizerConformanceTest {
    private static final String[] NAMES = {"a.weight", "a.norm", "b.weight", "head.weight", "head.bias"};
    private static final int[] SIZES = {216, 8, 128, 80, 5};
    private static final int TOTAL = 437;
    private static final int STEPS = 100;
    private static JsonNode golden;

    @BeforeAll
    static void read() throws IOException {
        golden = new ObjectMapper().readTree(TestFiles.bytes("golden/optimizers.json"));
    }

    private static float[] fill(String kind) {
        float[] out = new float[TOTAL];
        int at = 0;
        for (int i = 0; i < NAMES.length; i++) {
            Streams.fill(kind + NAMES[i], out, at, SIZES[i], -1, 1, 1);
            at += SIZES[i];
        }
        return out;
    }

    private static Segments segments() {
        List<Segment> all = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < NAMES.length; i++) {
            double factor = NAMES[i].startsWith("a") ? 0.1 : NAMES[i].startsWith("b") ? 1 : 10;
            all.add(new Segment(at, at + SIZES[i], factor, NAMES[i].endsWith(".weight") ? 0.01 : 0));
            at += SIZES[i];
        }
        return new Segments(all);
    }

    private static Optimizer rule(String name) {
        return switch (name) {
            case "sgd-plain" -> new Sgd(false);
            case "adamw" -> new AdamW(0.999, 1e-8);
            case "lars" -> new Lars(0.02);
            default -> new Sgd(true);
        };
    }

    /** Runs the problem; every step is shared out over {@code hands} ranges. */
    private static float[] run(String name, double rate, int hands, List<float[]> track) {
        Optimizer rule = rule(name);
        Segments segments = segments();
        GradientNorms norms = new GradientNorms(segments, 0, TOTAL);
        float[] w = fill("optimizer/");
        float[] goal = fill("goal/");
        float[] average = w.clone();
        float[][] state = new float[rule.states()][TOTAL];
        float[] g = new float[TOTAL];
        for (int k = 0; k < STEPS; k++) {
            float[] tilt = fill("tilt/" + k + "/");
            for (int i = 0; i < TOTAL; i++) {
                double d = w[i] - goal[i];
                // Three replicas' gradients, to be divided by 3.
                g[i] = (float) (3 * (0.05 * (2 * d + 0.4 * d * d * d) + 0.02 * tilt[i]));
            }
            Optimizer.Step step = new Optimizer.Step(k + 1, rate, 0.9, 1.0 / 3, null);
            double clip = name.equals("sgd-clipped") ? 0.3 : 0;
            if (clip > 0 || rule.wantsTrust()) {
                step = norms.step(rule, norms.pieces(w, g, 1.0 / 3, 0, TOTAL), clip, step);
            }
            for (int h = 0; h < hands; h++) {
                rule.update(
                        segments,
                        new Optimizer.Arrays(w, g, state, 0),
                        TOTAL * h / hands,
                        TOTAL * (h + 1) / hands,
                        step);
            }
            Average.update(average, 0, w, 0, TOTAL, 0.95);
            track.add(name.equals("sgd-ema") ? average.clone() : w.clone());
        }
        return track.get(STEPS - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "sgd,0.05,Nesterov SGD",
        "sgd-plain,0.05,SGD with momentum",
        "adamw,0.01,AdamW",
        "lars,0.5,LARS",
        "sgd-clipped,0.05,SGD with a clipped norm",
        "sgd-ema,0.05,moving average of the weights"
    })
    void aHundredStepsFollowTheReference(String name, double rate, String title) {
        List<float[]> track = new ArrayList<>();
        float[] end = run(name, rate, 1, track);
        JsonNode expected = golden.get(name);
        double[] last = new double[TOTAL];
        for (int i = 0; i < TOTAL; i++) {
            last[i] = expected.get("final").get(i).asDouble();
        }
        double worst = Streams.distance(last, Streams.doubles(end)) / Streams.norm(last);
        for (int k = 0; k < STEPS; k++) {
            double norm = expected.get("norms").get(k).asDouble();
            worst = Math.max(worst, Math.abs(Streams.norm(Streams.doubles(track.get(k))) - norm) / norm);
        }
        String reference = name.equals("lars")
                ? "timm " + golden.get("timm").asText()
                : "PyTorch " + golden.get("torch").asText();
        Comparisons.check(
                "optimiser: " + title + ", three groups, 100 steps", reference, worst, 1e-5, "the weights' norm");
    }

    @ParameterizedTest
    @CsvSource({"sgd,0.05", "adamw,0.01", "lars,0.5", "sgd-clipped,0.05"})
    void sharedOutItGivesTheSameBits(String name, double rate) {
        assertArrayEquals(run(name, rate, 1, new ArrayList<>()), run(name, rate, 7, new ArrayList<>()));
    }

    @Test
    void schedulesArePyTorchs() {
        check("cosine", "schedule: cosine", new Schedule.Cosine(100, 0, 0.3, 0.9));
        check("warm-up", "schedule: cosine with warm-up", new Schedule.Cosine(100, 10, 0.3, 0.9));
        check("step", "schedule: step", new Schedule.Stairs(100, 0.3, 0.9));
    }

    private static void check(String name, String title, Schedule schedule) {
        double worst = 0;
        for (int k = 0; k < STEPS; k++) {
            worst = Math.max(
                    worst, Math.abs(golden.get("schedules").get(name).get(k).asDouble() - schedule.rate(k)) / 0.3);
        }
        Comparisons.check(
                title + ", 100 steps", "PyTorch " + golden.get("torch").asText(), worst, 1e-12, "the highest rate");
    }
}
