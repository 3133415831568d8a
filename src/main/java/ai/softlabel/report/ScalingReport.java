package ai.softlabel.report;

import ai.softlabel.bench.CostModel.Batching;
import ai.softlabel.bench.CostModel.Step;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the cost model says, as JSON, as tables and as a curve. */
public final class ScalingReport {
    private ScalingReport() {}

    /**
     * A measured time beside the model's.
     *
     * @param fitted whether the model was fitted to it
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
     * A prediction.
     *
     * @param batch pictures of each replica
     * @param reach the smallest step that is efficient enough, or null
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

    /** Both tables. */
    public static String markdown(List<Check> checks, List<Row> rows, double efficient) {
        StringBuilder s = new StringBuilder(
                "| measured here | seconds | the model's | error | fitted to it |\n|---|---|---|---|---|\n");
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
                "%n| executors | step, s | compute | stragglers | latency | bandwidth | update | bound by | efficiency | images/s | for %.0f %%: batch × accumulated |%n|---|---|---|---|---|---|---|---|---|---|---|%n",
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

    /** Images per second and efficiency over the executors, as powers of two. */
    public static String svg(List<Row> rows) {
        double last = log(rows.get(rows.size() - 1).executors());
        double one = log(rows.get(0).imagesPerSecond());
        Charts rate = new Charts("Images per second over executors", 0, last, one, one + last)
                .axes("executors", "images per second", rows.size() - 1, 5, ScalingReport::power, ScalingReport::power)
                .dashed(0, one, last, one + last)
                .line("a", points(rows, r -> log(r.imagesPerSecond())));
        Charts efficiency = new Charts("Efficiency over executors", 0, last, 0, 1)
                .axes(
                        "executors",
                        "compute over step",
                        rows.size() - 1,
                        5,
                        ScalingReport::power,
                        v -> String.format(Locale.ROOT, "%.1f", v))
                .line("a", points(rows, r -> r.step().efficiency()));
        return new ChartGrid()
                .add("images per second (dashed: were the rest free)", rate.svg())
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
