package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The page on which a person works through an audit: thirty issues at a time with their pictures, keys to keep, relabel
 * or drop, and the labels that result as a file to download. It needs no server.
 */
public final class AuditPage {
    private AuditPage() {}

    /**
     * @param data {@code rows} (path, label, split, weight and group of every picture); {@code issues} (the lines of
     *     audit.jsonl); {@code pictures} (JPEGs in base64 by path); {@code separator} between the labels of a picture,
     *     where it may have several
     */
    public static String of(JsonNode data) {
        // In JSON a "<" stands only in texts, where this escape is the same; a picture's name can't end the script.
        String json = data.toString().replace("<", "\\u003c");
        return Html.open("Audit")
                + Html.resource("/audit.html")
                + "<script type=\"application/json\" id=\"data\">" + json + "</script><script>"
                + Html.resource("/audit.js") + "</script>" + Html.close();
    }
}
