package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A report's {@code slices}, with coverage and size of the prediction sets of each. */
final class SliceTable {
    private static final int CLASSES = 20;

    private SliceTable() {}

    /** The section; empty where the report has no slices. */
    static String of(JsonNode report) {
        JsonNode slices = report.path("slices");
        if (slices.path("confidence").isEmpty()) {
            return "";
        }
        JsonNode sets = report.path("sets");
        boolean covered = sets.has("slices");
        StringBuilder out = new StringBuilder("<h2>By slice</h2><p>Error, NLL and ECE are before recalibration");
        if (covered) {
            out.append(", and so is the confidence that makes the bands. Sets are those of ")
                    .append(Html.percent(sets.get("wanted").asDouble()))
                    .append(" by ")
                    .append(Html.escape(sets.get("chosen").asText()))
                    .append(", whose coverage is an average over all pictures: a slice may have less");
        }
        out.append(".</p>")
                .append(Html.scroll("Slices"))
                .append("<table><tr><th>slice</th><th>pictures</th><th>error</th><th>NLL</th><th>ECE</th>")
                .append(covered ? "<th>sets' coverage</th><th>95 % interval</th>" : "")
                .append(covered ? "<th>classes in a set</th><th>95 % interval</th>" : "")
                .append("</tr>");
        for (String kind : List.of("species", "confidence")) {
            slices.path(kind).properties().forEach(s -> row(out, kind, s, covered ? sets.at("/slices/" + kind) : null));
        }
        worst(slices.path("breed")).forEach(s -> row(out, "class", s, covered ? sets.path("classes") : null));
        out.append("</table></div>");
        if (slices.path("breed").size() > CLASSES) {
            out.append("<p>Of the classes the ")
                    .append(CLASSES)
                    .append(" with the highest error; report.json has all.</p>");
        }
        return out.toString();
    }

    private static Stream<Map.Entry<String, JsonNode>> worst(JsonNode classes) {
        return classes.properties().stream()
                .sorted(Comparator.comparingDouble(
                        s -> -s.getValue().path("error").asDouble()))
                .limit(CLASSES);
    }

    /** @param sets of the kind, by slice, or null without sets */
    private static void row(StringBuilder out, String kind, Map.Entry<String, JsonNode> slice, JsonNode sets) {
        JsonNode n = slice.getValue();
        out.append("<tr><td>")
                .append(kind)
                .append(' ')
                .append(Html.escape(slice.getKey()))
                .append("</td><td>")
                .append(n.path("count").asLong());
        for (String figure : List.of("error", "nll", "ece")) {
            out.append("</td><td>").append(Html.number(n.get(figure)));
        }
        if (sets != null) {
            JsonNode of = sets.has(slice.getKey()) ? sets.get(slice.getKey()) : MissingNode.getInstance();
            out.append(Html.measured(of, "coverage")).append(Html.measured(of, "size"));
        }
        out.append("</td></tr>");
    }
}
