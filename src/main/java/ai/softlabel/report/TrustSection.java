package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/** What a model can be trusted with, from a report's {@code selective} and {@code sets} sections. */
final class TrustSection {
    private static final double USUAL = 0.02;
    private static final String[] STYLES = {"a", "b", "c", "d", "e"};

    private TrustSection() {}

    /** The first lines of a report: in words, and a slider for the threshold. */
    static String first(JsonNode report) {
        JsonNode s = report.path("selective");
        if (s.isMissingNode() || s.path("count").asInt() == 0) {
            return "";
        }
        StringBuilder out = new StringBuilder("<section class=\"trust\"><p class=\"first\">")
                .append(words(s))
                .append("</p>");
        JsonNode sets = level(report.path("sets"), 0.95);
        if (sets != null) {
            out.append(String.format(
                    Locale.ROOT,
                    "<p>Sets of classes that should hold the correct one 95 %% of the time hold it %.1f %% of the time, with %.2f classes on average.</p>",
                    100 * sets.get("coverage").asDouble(),
                    sets.get("size").asDouble()));
        }
        return out.append(slider(s)).append("</section>").toString();
    }

    /** The lowest error from 2 % up that some threshold holds, or null. */
    private static JsonNode usual(JsonNode s) {
        for (JsonNode p : s.get("promises")) {
            if (p.get("max_error").asDouble() >= USUAL && p.has("coverage")) {
                return p;
            }
        }
        return null;
    }

    private static String words(JsonNode s) {
        JsonNode p = usual(s);
        if (p != null) {
            double coverage = p.get("coverage").asDouble();
            return String.format(
                    Locale.ROOT,
                    "<b>Answers %s of pictures at %s error; hands %s to a person.</b> The threshold is held to at most %s wrong answers, with probability %s over the %d held-out pictures; on the %d test pictures %s of the answers are wrong.",
                    percent(coverage),
                    percent(p.get("max_error").asDouble()),
                    percent(1 - coverage),
                    percent(p.get("max_error").asDouble()),
                    percent(1 - s.get("delta").asDouble()),
                    s.get("held_out").asLong(),
                    s.get("count").asLong(),
                    percent(p.path("error").asDouble(0)));
        }
        return String.format(
                Locale.ROOT,
                "<b>Hands every picture to a person:</b> from %d held-out pictures no error of 20 %% or less can be promised with probability %s.",
                s.get("held_out").asLong(),
                percent(1 - s.get("delta").asDouble()));
    }

    private static String slider(JsonNode s) {
        JsonNode all = s.get("thresholds");
        JsonNode usual = usual(s);
        int start = all.size() - 1;
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < all.size(); i++) {
            JsonNode t = all.get(i);
            start = usual != null && usual.path("threshold").equals(t.path("threshold")) ? i : start;
            rows.append(rows.length() == 0 ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "[%.5f,%.5f,%.5f]",
                            t.get("coverage").asDouble(),
                            t.path("error").asDouble(0),
                            t.get("bound").asDouble()));
        }
        return "<p><label for=\"threshold\">Share of pictures to answer</label> <input type=\"range\" id=\"threshold\" min=\"0\" max=\""
                + (all.size() - 1) + "\" value=\"" + start
                + "\"> <output id=\"cost\" for=\"threshold\"></output></p><script>const rows=[" + rows + "];"
                + Html.resource("/slider.js") + "</script>";
    }

    /** Every score's risk-coverage curve and area, and what each promise costs. */
    static String scores(JsonNode report) {
        JsonNode s = report.path("selective");
        if (s.isMissingNode() || s.path("count").asInt() == 0) {
            return "";
        }
        double highest = 0;
        for (JsonNode score : s.get("scores")) {
            for (JsonNode p : score.get("risk_coverage")) {
                highest = Math.max(highest, p.get("risk").asDouble());
            }
        }
        Charts chart = new Charts("risk-coverage curves of the confidence scores", 0, 1, 0, highest)
                .axes("coverage", "risk", 5, 4, Html::percent, Html::percent);
        StringBuilder keys = new StringBuilder();
        StringBuilder rows = new StringBuilder();
        int i = 0;
        for (JsonNode score : s.get("scores")) {
            String style = STYLES[i++ % STYLES.length];
            List<double[]> points = new ArrayList<>();
            for (JsonNode p : score.get("risk_coverage")) {
                points.add(new double[] {
                    p.get("coverage").asDouble(), p.get("risk").asDouble()
                });
            }
            chart.line(style, points);
            boolean chosen = score.get("score").equals(s.get("score"));
            keys.append("<span class=\"key ")
                    .append(style)
                    .append("\"></span> ")
                    .append(name(score))
                    .append(' ');
            rows.append(chosen ? "<tr class=\"chosen\"><td>" : "<tr><td>")
                    .append(name(score))
                    .append(chosen ? " (chosen)" : "")
                    .append("</td><td>")
                    .append(Html.number(score.get("held_out_aurc")))
                    .append(Html.measured(score, "aurc"))
                    .append(Html.measured(score, "gain"))
                    .append("</td></tr>");
        }
        return "<h2>When to answer</h2><div class=\"charts\"><figure>" + chart.svg()
                + "<figcaption>Error among the most confident share of the pictures, by confidence score: "
                + keys
                + "</figcaption></figure>" + Html.scroll("What each error costs") + promises(s)
                + "</div></div>" + Html.scroll("Confidence scores")
                + "<table><tr><th>score</th><th>held-out AURC</th><th>AURC</th><th>95 % interval</th>"
                + "<th>gain over max-probability</th><th>95 % interval</th></tr>" + rows + "</table></div>";
    }

    private static String promises(JsonNode s) {
        StringBuilder out =
                new StringBuilder("<table><tr><th>--max-error</th><th>answered</th><th>error among them</th></tr>");
        for (JsonNode p : s.get("promises")) {
            out.append("<tr><td>")
                    .append(percent(p.get("max_error").asDouble()))
                    .append("</td><td>")
                    .append(p.has("coverage") ? percent(p.get("coverage").asDouble()) : "none holds it")
                    .append("</td><td>")
                    .append(p.has("coverage") ? percent(p.path("error").asDouble(0)) : "–")
                    .append("</td></tr>");
        }
        return out.append("</table>").toString();
    }

    /** Coverage and size of prediction sets. */
    static String sets(JsonNode report) {
        JsonNode s = report.path("sets");
        if (s.isMissingNode() || !s.has("levels")) {
            return "";
        }
        StringBuilder out = new StringBuilder(
                        "<h2>Prediction sets</h2><p>Held-out pictures whose scores make the sets: ")
                .append(s.get("held_out").asLong())
                .append(
                        ". A set holds the correct class with about the wanted probability, for pictures drawn as those were.</p>"
                                + Html.scroll("Prediction sets")
                                + "<table><tr><th>method</th><th>wanted</th><th>coverage</th><th>95 % interval</th><th>classes in a set</th><th>95 % interval</th><th>empty sets</th><th>coverage of the worst class</th></tr>");
        s.get("methods").properties().forEach(m -> {
            boolean chosen = m.getKey().equals(s.get("chosen").asText());
            row(out, m.getKey() + (chosen ? " (chosen)" : ""), s.get("wanted"), m.getValue(), chosen);
        });
        s.get("levels").forEach(l -> row(out, s.get("chosen").asText(), l.get("wanted"), l, false));
        return out.append("</table></div>").toString();
    }

    private static void row(StringBuilder out, String name, JsonNode wanted, JsonNode n, boolean chosen) {
        out.append(chosen ? "<tr class=\"chosen\"><td>" : "<tr><td>")
                .append(name)
                .append("</td><td>")
                .append(percent(wanted.asDouble()))
                .append(Html.measured(n, "coverage"))
                .append(Html.measured(n, "size"))
                .append("</td><td>")
                .append(Html.number(n.get("empty")))
                .append("</td><td>")
                .append(Html.number(n.get("least_class_coverage")))
                .append("</td></tr>");
    }

    private static JsonNode level(JsonNode sets, double wanted) {
        return StreamSupport.stream(sets.path("levels").spliterator(), false)
                .filter(l -> l.get("wanted").asDouble() == wanted)
                .findFirst()
                .orElse(null);
    }

    private static String name(JsonNode score) {
        double power = score.get("power").asDouble();
        return score.get("score").asText() + (power > 0 ? String.format(Locale.ROOT, ", p = %.0f", power) : "");
    }

    private static String percent(double v) {
        return String.format(Locale.ROOT, v < 0.1 && v > 0 ? "%.1f %%" : "%.0f %%", 100 * v)
                .replace(".0 %", " %");
    }
}
