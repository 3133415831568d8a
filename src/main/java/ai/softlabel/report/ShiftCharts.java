package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** A report's section {@code shift}: figures by corruption and strength, and pictures of no known class. */
final class ShiftCharts {
    private static final String[] STYLES = {"a", "b", "c", "d", "e"};
    private static final double USUAL = 0.02;

    private ShiftCharts() {}

    /** Nothing where the report has no such section. */
    static String of(JsonNode report) {
        JsonNode s = report.path("shift");
        if (s.isMissingNode()) {
            return "";
        }
        JsonNode clean = s.at("/cells/0");
        Map<String, List<JsonNode>> byCorruption = new LinkedHashMap<>();
        for (JsonNode cell : s.get("cells")) {
            if (cell.get("strength").asInt() > 0) {
                byCorruption
                        .computeIfAbsent(cell.get("corruption").asText(), c -> new ArrayList<>(List.of(clean)))
                        .add(cell);
            }
        }
        StringBuilder out = new StringBuilder("<h2>Under shift</h2><p>")
                .append(s.get("pictures").asLong())
                .append(
                        " of the test pictures, corrupted at five strengths by the definitions of ImageNet-C; strength 0 is the pictures as they are. Recalibration, thresholds and prediction sets are those of the run, and promise nothing for such pictures.")
                .append("</p><div class=\"charts\">");
        chart(out, "error", byCorruption, n -> n.get("error"));
        chart(out, "ECE", byCorruption, n -> n.get("ece"));
        chart(
                out,
                "AUROC of " + s.get("score").asText(),
                byCorruption,
                n -> n.at("/auroc/" + s.get("score").asText()));
        if (clean.has("sets")) {
            chart(out, "coverage of sets for 95 %", byCorruption, n -> n.at("/sets/coverage"));
        }
        out.append("</div>");
        cells(out, s);
        unknown(out, s);
        return out.toString();
    }

    private static void chart(
            StringBuilder out, String name, Map<String, List<JsonNode>> rows, Function<JsonNode, JsonNode> figure) {
        double most = rows.values().stream()
                .flatMap(List::stream)
                .mapToDouble(n -> figure.apply(n).asDouble())
                .max()
                .orElse(1);
        Charts chart = new Charts(name + " by strength of the corruption", 0, 5, 0, most)
                .axes("strength", name, 5, 4, Html::whole, Html::percent);
        StringBuilder keys = new StringBuilder();
        int i = 0;
        for (Map.Entry<String, List<JsonNode>> row : rows.entrySet()) {
            String style = STYLES[i++ % STYLES.length];
            List<double[]> points = new ArrayList<>();
            for (JsonNode n : row.getValue()) {
                if (figure.apply(n).isNumber()) {
                    points.add(new double[] {
                        n.get("strength").asDouble(), figure.apply(n).asDouble()
                    });
                }
            }
            chart.line(style, points);
            keys.append(" <span class=\"key ")
                    .append(style)
                    .append("\"></span> ")
                    .append(row.getKey());
        }
        out.append("<figure>")
                .append(chart.svg())
                .append("<figcaption>")
                .append(name)
                .append(':')
                .append(keys)
                .append("</figcaption></figure>");
    }

    private static void cells(StringBuilder out, JsonNode s) {
        JsonNode promise = usual(s.at("/cells/0"));
        boolean sets = s.at("/cells/0").has("sets");
        out.append(Html.scroll("Corrupted pictures")
                + "<table><tr><th>corruption</th><th>strength</th><th>error</th><th>NLL</th><th>ECE</th><th>AURC</th>");
        for (String score : scores(s)) {
            out.append("<th>AUROC, ").append(score).append("</th>");
        }
        out.append(sets ? "<th>sets' coverage</th><th>95 % interval</th><th>classes in a set</th>" : "");
        if (promise != null) {
            out.append(String.format(
                    Locale.ROOT,
                    "<th>answered at --max-error %s</th><th>error among them</th>",
                    promise.get("max_error").asText()));
        }
        out.append("</tr>");
        for (JsonNode n : s.get("cells")) {
            out.append("<tr><td>").append(n.get("corruption").asText());
            out.append("</td><td>").append(n.get("strength").asInt());
            for (String f : List.of("error", "nll", "ece", "aurc")) {
                number(out, n.get(f));
            }
            scores(s).forEach(score -> number(out, n.at("/auroc/" + score)));
            if (sets) {
                number(out, n.at("/sets/coverage"));
                out.append("</td><td>").append(Html.interval(n.at("/sets/coverage_interval")));
                number(out, n.at("/sets/size"));
            }
            if (promise != null) {
                number(out, usual(n).get("coverage"));
                number(out, usual(n).get("error"));
            }
            out.append("</td></tr>");
        }
        out.append("</table></div>");
    }

    private static void unknown(StringBuilder out, JsonNode s) {
        if (s.get("unknown").isEmpty()) {
            return;
        }
        boolean answers = usual(s.at("/cells/0")) != null;
        out.append(
                "<h3>Pictures of no known class</h3><p>AUROC: the chance that a picture of a known class has a higher score. Every answer to these pictures is wrong.</p>"
                        + Html.scroll("Pictures of no known class") + "<table><tr><th>pictures</th><th>count</th>");
        scores(s).forEach(score -> out.append("<th>AUROC, ").append(score).append("</th>"));
        out.append("<th>classes in a set</th><th>empty sets</th>")
                .append(answers ? "<th>answered</th>" : "")
                .append("</tr>");
        for (JsonNode n : s.get("unknown")) {
            out.append("<tr><td>").append(Html.escape(n.get("pictures").asText()));
            out.append("</td><td>").append(n.get("count").asLong());
            scores(s).forEach(score -> number(out, n.at("/auroc/" + score)));
            number(out, n.at("/sets/size"));
            number(out, n.at("/sets/empty"));
            if (answers) {
                number(out, usual(n).get("coverage"));
            }
            out.append("</td></tr>");
        }
        out.append("</table></div>");
    }

    /** The promise of 2 % error, or the next that some threshold holds; null where there is none. */
    private static JsonNode usual(JsonNode n) {
        for (JsonNode p : n.path("promises")) {
            if (p.get("max_error").asDouble() >= USUAL) {
                return p;
            }
        }
        return null;
    }

    private static List<String> scores(JsonNode s) {
        List<String> names = new ArrayList<>();
        s.at("/cells/0/auroc").fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void number(StringBuilder out, JsonNode n) {
        out.append("</td><td>").append(Html.number(n));
    }
}
