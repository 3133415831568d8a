package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;

/** What the tables of studies of losses have in common, for one label and for several. */
final class StudyCells {
    private StudyCells() {}

    /** A cell for each figure of a loss, with its deviation over the seeds; the loss's own cell is still open. */
    static void figures(StringBuilder page, JsonNode row, Collection<String> keys) {
        for (String k : keys) {
            page.append("</td><td>").append(Html.number(row.get(k)));
            JsonNode deviation = row.at("/deviations/" + k);
            page.append(deviation.isNumber() ? " ± " + Html.number(deviation) : "");
        }
        page.append("</td></tr>");
    }

    /** A number in CSV; nothing for what is none. */
    static String csv(JsonNode n) {
        return n.isNumber() ? Double.toString(n.asDouble()) : "";
    }
}
