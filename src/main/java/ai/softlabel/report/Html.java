package ai.softlabel.report;

import ai.softlabel.Plain;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** HTML helpers of the report pages: numbers, escaped text, page frame. */
public final class Html {
    private Html() {}

    /** The page's style sheet. */
    static String style() {
        return resource("/report.css");
    }

    /** The text of a file on the class path. */
    public static String resource(String name) {
        try (InputStream in = Html.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The start of a page, up to its first section. */
    static String open(String title) {
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>"
                + escape(title) + "</title><style>" + style() + "</style></head><body><main><h1>" + escape(title)
                + "</h1>";
    }

    /** The end of a page. */
    static String close() {
        return "</main></body></html>\n";
    }

    /**
     * The start of a box that scrolls on its own where its table is wider than the page, by keyboard too.
     *
     * @param label what the table shows, for who cannot see it
     */
    public static String scroll(String label) {
        return "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"" + escape(label) + "\">";
    }

    public static String number(JsonNode n) {
        return n == null || !n.isNumber() ? "–" : String.format(Locale.ROOT, "%.4f", n.asDouble());
    }

    /** Both ends of an interval. */
    static String interval(JsonNode limits) {
        return number(limits.get(0)) + " to " + number(limits.get(1));
    }

    /** Two cells, of a figure and of its interval, and the end of the cell before. */
    static String measured(JsonNode of, String figure) {
        return "</td><td>" + number(of.path(figure)) + "</td><td>" + interval(of.path(figure + "_interval"));
    }

    public static String percent(double v) {
        return String.format(Locale.ROOT, v < 0.1 && v > 0 ? "%.1f %%" : "%.0f %%", 100 * v);
    }

    public static String whole(double v) {
        return String.format(Locale.ROOT, "%.0f", v);
    }

    public static String tenth(double v) {
        return String.format(Locale.ROOT, "%.1f", v);
    }

    static String hundredth(double v) {
        return String.format(Locale.ROOT, "%.2f", v);
    }

    /** Text from outside as text of a page: markup and control characters are shown, not obeyed. */
    public static String escape(String text) {
        return Plain.text(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
