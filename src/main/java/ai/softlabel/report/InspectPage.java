package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code inspect.html}: what a data set holds, on one self-contained page: counts by part and class, sizes and formats,
 * examples of each class, and what can't be used.
 */
public final class InspectPage {
    private static final List<String> PARTS = List.of("train", "validation", "test");
    /** Rows that a page shows of a table of classes. */
    private static final int MOST_CLASSES = 1000;
    /** How many times the largest class is the smallest where balancing is worth a thought. */
    private static final int UNEVEN = 10;

    private final JsonNode data;
    private final StringBuilder page = new StringBuilder();

    private InspectPage(JsonNode data) {
        this.data = data;
    }

    /**
     * @param data {@code path} and {@code split}; {@code classes} (name, train, validation, test); {@code sampled},
     *     {@code formats} (counts by name) and {@code sizes} (of, five quantiles); {@code examples} (class, path,
     *     width, height, jpeg in base64); {@code rejected}, {@code counted}, {@code max_rejected}, {@code reasons}
     *     (reason, count, counts, paths) and {@code other_reasons}
     */
    public static String of(JsonNode data) {
        InspectPage html = new InspectPage(data);
        html.page
                .append(Html.open("Data"))
                // Names need not have a place where a line may end.
                .append("<style>main{overflow-wrap:anywhere}</style><p>")
                .append(Html.escape(data.path("path").asText()))
                .append(", split ")
                .append(Html.escape(data.path("split").asText()))
                .append("</p>");
        html.parts();
        html.rejected();
        html.classes();
        html.files();
        html.examples();
        return html.page.append(Html.close()).toString();
    }

    private void parts() {
        JsonNode classes = data.path("classes");
        head("Parts", "part", "pictures", "classes", "fewest of a class", "most of a class");
        long smallest = Long.MAX_VALUE;
        long largest = 0;
        for (String part : PARTS) {
            long sum = 0;
            long least = Long.MAX_VALUE;
            long most = 0;
            int present = 0;
            for (JsonNode c : classes) {
                long n = c.path(part).asLong();
                sum += n;
                least = Math.min(least, n);
                most = Math.max(most, n);
                present += n > 0 ? 1 : 0;
            }
            row(part, count(sum), present + " of " + classes.size(), sum == 0 ? "–" : count(least), count(most));
            if (part.equals("train")) {
                smallest = least;
                largest = most;
            }
        }
        close();
        if (largest > 0 && largest >= UNEVEN * Math.max(1, smallest)) {
            page.append("<p>The largest class for training has at least ")
                    .append(UNEVEN)
                    .append(" times the pictures of the smallest: see <code>--class-weights balanced</code> and read"
                            + " <code>balanced_error</code>.</p>");
        }
    }

    private void rejected() {
        page.append("<h2>Not used</h2><p>")
                .append(String.format(
                        Locale.ROOT,
                        "%s files are not used; %s of them count against --max-rejected %s. <code>rejected.jsonl</code> names them all.",
                        count(data.path("rejected").asLong()),
                        count(data.path("counted").asLong()),
                        Html.percent(data.path("max_rejected").asDouble())))
                .append("</p>");
        if (data.path("reasons").isEmpty()) {
            return;
        }
        table("Reasons", "reason", "files", "counts", "such as");
        for (JsonNode r : data.path("reasons")) {
            List<String> paths = new ArrayList<>();
            r.path("paths").forEach(p -> paths.add(p.asText()));
            row(
                    r.path("reason").asText(),
                    count(r.path("count").asLong()),
                    r.path("counts").asBoolean() ? "yes" : "no",
                    String.join(", ", paths));
        }
        close();
        if (data.path("other_reasons").asInt() > 0) {
            page.append("<p>And ").append(data.path("other_reasons").asInt()).append(" more reasons.</p>");
        }
    }

    private void classes() {
        head("Classes", "class", "train", "validation", "test");
        int shown = 0;
        for (JsonNode c : data.path("classes")) {
            if (shown++ < MOST_CLASSES) {
                row(
                        c.path("name").asText(),
                        count(c.path("train").asLong()),
                        count(c.path("validation").asLong()),
                        count(c.path("test").asLong()));
            }
        }
        close();
        if (shown > MOST_CLASSES) {
            page.append("<p>And ")
                    .append(shown - MOST_CLASSES)
                    .append(" more classes, which <code>report.json</code> has.</p>");
        }
    }

    private void files() {
        page.append("<h2>Formats and sizes</h2><p>Of ")
                .append(count(data.path("sampled").asLong()))
                .append(" pictures drawn at random, upright as Exif says.</p>");
        table("Formats", "format", "pictures");
        for (Map.Entry<String, JsonNode> f : data.path("formats").properties()) {
            row(f.getKey(), count(f.getValue().asLong()));
        }
        close();
        table("Sizes", "size", "smallest", "5 %", "median", "95 %", "largest");
        for (JsonNode s : data.path("sizes")) {
            List<String> cells = new ArrayList<>(List.of(s.path("of").asText()));
            s.path("quantiles").forEach(q -> cells.add(count(q.asLong())));
            row(cells.toArray(String[]::new));
        }
        close();
    }

    private void examples() {
        page.append("<h2>Examples</h2>");
        String open = null;
        for (JsonNode e : data.path("examples")) {
            String name = e.path("class").asText();
            if (!name.equals(open)) {
                page.append(open == null ? "" : "</div>")
                        .append("<h3>")
                        .append(Html.escape(name))
                        .append("</h3><div class=\"pictures\">");
                open = name;
            }
            page.append("<figure><img loading=\"lazy\" alt=\"\" src=\"data:image/jpeg;base64,")
                    .append(Html.escape(e.path("jpeg").asText()))
                    .append("\"><figcaption>")
                    .append(Html.escape(e.path("path").asText()))
                    .append(", ")
                    .append(e.path("width").asInt())
                    .append(" × ")
                    .append(e.path("height").asInt())
                    .append("</figcaption></figure>");
        }
        page.append(open == null ? "<p>None.</p>" : "</div>");
    }

    private void head(String title, String... columns) {
        page.append("<h2>").append(title).append("</h2>");
        table(title, columns);
    }

    private void table(String label, String... columns) {
        page.append(Html.scroll(label)).append("<table class=\"long\"><tr>");
        for (String c : columns) {
            page.append("<th>").append(Html.escape(c)).append("</th>");
        }
        page.append("</tr>");
    }

    private void row(String... cells) {
        page.append("<tr>");
        for (String c : cells) {
            page.append("<td>").append(Html.escape(c)).append("</td>");
        }
        page.append("</tr>");
    }

    private void close() {
        page.append("</table></div>");
    }

    private static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }
}
