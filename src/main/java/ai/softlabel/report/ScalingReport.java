package ai.softlabel.report;

import ai.softlabel.bench.CostModel.Batching;
import ai.softlabel.bench.CostModel.Step;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The cost model's predictions as JSON, as tables and as charts. */
public final class ScalingReport {
    private ScalingReport() {}

    /**
     * A measured time and the model's prediction of it.
     *
     * @param fitted whether it was used to fit the model
     */
    public record Check(String what, boolean fitted, double measured, double predicted) {
        double error() {
            return predicted / measured - 1;
        }

        public ObjectNode json() {
            return Json.object()
                    .put("case", "scaling check")
                    .put("what", what)
                    .put("fitted", fitted)
                    .put("measured", measured)
                    .put("predicted", predicted)
                    .put("error", error());
        }
    }

    /**
     * The prediction for a number of executors.
     *
     * @param batch pictures per replica and step
     * @param reach the smallest step that reaches the wanted efficiency, or null
     */
    public record Row(int executors, int batch, Step step, Batching reach) {
        double imagesPerSecond() {
            return executors * batch / step.seconds();
        }

        public ObjectNode json() {
            ObjectNode line = Json.object()
                    .put("case", "scaling prediction")
                    .put("executors", executors)
                    .put("batch", batch)
                    .put("step_seconds", step.seconds())
                    .put("images_per_second", imagesPerSecond())
                    .put("efficiency", step.efficiency())
                    .put("bound", step.bound())
                    .put("compute", step.compute())
                    .put("stragglers", step.straggler())
                    .put("latency", step.latency())
                    .put("bandwidth", step.bandwidth())
                    .put("update", step.update());
            if (reach != null) {
                line.putObject("efficient").put("batch", reach.batch()).put("accumulate", reach.accumulate());
            }
            return line;
        }
    }

    /** The tables of measurements and of predictions. */
    public static String markdown(List<Check> checks, List<Row> rows, double efficient) {
        StringBuilder s = new StringBuilder(
                "| measurement | measured, s | predicted, s | error | used to fit |\n|---|---|---|---|---|\n");
        for (Check c : checks) {
            s.append(String.format(
                    Locale.ROOT,
                    "| %s | %.4f | %.4f | %+.0f %% | %s |%n",
                    c.what(),
                    c.measured(),
                    c.predicted(),
                    100 * c.error(),
                    c.fitted() ? "yes" : "no"));
        }
        s.append(String.format(
                Locale.ROOT,
                "%n| executors | step, s | compute | stragglers | latency | bandwidth | update | bound by | efficiency | images/s | batch × accumulation for %.0f %% efficiency |%n|---|---|---|---|---|---|---|---|---|---|---|%n",
                100 * efficient));
        for (Row r : rows) {
            Step t = r.step();
            s.append(String.format(
                    Locale.ROOT,
                    "| %d | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %s | %.0f %% | %.0f | %s |%n",
                    r.executors(),
                    t.seconds(),
                    t.compute(),
                    t.straggler(),
                    t.latency(),
                    t.bandwidth(),
                    t.update(),
                    t.bound(),
                    100 * t.efficiency(),
                    r.imagesPerSecond(),
                    r.reach() == null
                            ? "none"
                            : r.reach().batch() + " × " + r.reach().accumulate()));
        }
        return s.toString();
    }

    /**
     * Charts of images per second and of efficiency against the number of executors; the axes of executors and images
     * are logarithmic.
     */
    public static String svg(List<Row> rows) {
        double last = log(rows.get(rows.size() - 1).executors());
        double one = log(rows.get(0).imagesPerSecond());
        Charts rate = new Charts("Images per second by executors", 0, last, one, one + last)
                .axes("executors", "images per second", rows.size() - 1, 5, ScalingReport::power, ScalingReport::power)
                .dashed(0, one, last, one + last)
                .line("a", points(rows, r -> log(r.imagesPerSecond())));
        Charts efficiency = new Charts("Efficiency by executors", 0, last, 0, 1)
                .axes(
                        "executors",
                        "compute time / step time",
                        rows.size() - 1,
                        5,
                        ScalingReport::power,
                        v -> String.format(Locale.ROOT, "%.1f", v))
                .line("a", points(rows, r -> r.step().efficiency()));
        return new ChartGrid()
                .add("images per second (dashed: linear scaling)", rate.svg())
                .add("efficiency", efficiency.svg())
                .svg();
    }

    private static List<double[]> points(List<Row> rows, ToDoubleFunction<Row> of) {
        return rows.stream()
                .map(r -> new double[] {log(r.executors()), of.applyAsDouble(r)})
                .toList();
    }

    private static String power(double exponent) {
        return String.format(Locale.ROOT, "%.0f", Math.pow(2, exponent));
    }

    private static double log(double v) {
        return Math.log(v) / Math.log(2);
    }
}
