package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Where a run's time went, phase by phase. */
final class TimeSection {
    private TimeSection() {}

    /** The section, or nothing where the report has no seconds. The time that this page takes is not among them. */
    static String of(JsonNode report) {
        JsonNode seconds = report.path("seconds");
        if (seconds.isMissingNode()) {
            return "";
        }
        StringBuilder page = new StringBuilder("<h2>Where the time went</h2><div class=\"scroll\"><table>"
                + "<tr><th>phase</th><th>seconds</th><th>share</th></tr>");
        double whole = seconds.get("whole").asDouble();
        seconds.properties()
                .forEach(e -> page.append(String.format(
                        Locale.ROOT,
                        "<tr><td>%s</td><td>%.1f</td><td>%.1f %%</td></tr>",
                        Html.escape(e.getKey()),
                        e.getValue().asDouble(),
                        100 * e.getValue().asDouble() / whole)));
        return page.append("</table></div>").toString();
    }
}
