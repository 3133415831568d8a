package ai.softlabel.live;

import ai.softlabel.Seconds;
import ai.softlabel.report.Html;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** The Training tab's content: a {@link TrainingState} as HTML. */
final class TrainingPage {
    private static final int BAR = 100;
    private static final long QUIET_MILLIS = 60_000;

    private final JsonNode state;
    private final StringBuilder page = new StringBuilder();

    private TrainingPage(JsonNode state) {
        this.state = state;
    }

    /**
     * The content as HTML.
     *
     * @param now milliseconds since 1970
     */
    static String of(JsonNode state, long now) {
        TrainingPage html = new TrainingPage(state);
        html.page
                .append("<style>")
                .append(Html.resource("/training.css"))
                .append("</style><div id=\"softlabel-training\" data-status=\"")
                .append(Html.escape(state.path("status").asText("none")))
                .append("\">");
        if (!state.has("run")) {
            html.page.append("<p>No training has been started in this application.</p>");
            html.work();
        } else {
            html.head();
            html.progress(now);
            html.work();
            html.page.append(EpochCharts.of(state));
            html.epochs();
            html.executors();
            html.partitions();
            html.rejected();
        }
        return html.page.append("</div>").toString();
    }

    private void head() {
        JsonNode run = state.path("run");
        page.append("<p>")
                .append(Html.escape(run.path("title").asText()))
                .append(": ")
                .append(run.path("train").asLong())
                .append(" training, ")
                .append(run.path("validation").asLong())
                .append(" validation and ")
                .append(run.path("test").asLong())
                .append(" test pictures; batches of ")
                .append(run.path("batch_size").asLong())
                .append(" over ")
                .append(run.path("replicas").asLong())
                .append(" replicas.</p>");
    }

    private void progress(long now) {
        JsonNode run = state.path("run");
        int epochs = Math.max(1, run.path("epochs").asInt());
        String status = state.path("status").asText();
        JsonNode p = state.path("progress");
        double done = state.path("epochs").size()
                + (p.isMissingNode()
                        ? 0
                        : p.path("step").asDouble()
                                / Math.max(1, p.path("steps").asInt()));
        page.append(String.format(
                Locale.ROOT,
                "<div class=\"bar\" role=\"progressbar\" aria-label=\"steps done\" aria-valuenow=\"%1$.0f\" aria-valuemin=\"0\" aria-valuemax=\"100\"><div style=\"width:%1$.1f%%\"></div></div>",
                BAR * Math.min(1, done / epochs)));
        page.append("<p class=\"now\">");
        if (status.equals("done")) {
            page.append("Done: ").append(state.path("epochs").size()).append(" epochs.");
        } else if (status.equals("failed")) {
            page.append("Failed: ").append(Html.escape(state.at("/end/message").asText()));
        } else if (p.isMissingNode()) {
            page.append(state.path("epochs").size())
                    .append(" of ")
                    .append(epochs)
                    .append(" epochs done.");
        } else {
            double perStep =
                    p.path("seconds").asDouble() / Math.max(1, p.path("step").asInt());
            int steps = p.path("steps").asInt();
            double left = perStep
                    * ((double) (epochs - p.path("epoch").asInt()) * steps
                            - p.path("step").asInt());
            page.append(String.format(
                    Locale.ROOT,
                    "Epoch %d of %d, step %d of %d, loss %.4f, learning rate %.2e, %.1f images/s, about %s left.",
                    p.path("epoch").asInt() + 1,
                    epochs,
                    p.path("step").asInt(),
                    steps,
                    p.path("loss").asDouble(),
                    p.path("rate").asDouble(),
                    run.path("batch_size").asDouble() / perStep,
                    Seconds.text(left)));
            if (now - state.path("now").asLong() > QUIET_MILLIS) {
                page.append(" Last update ")
                        .append((now - state.path("now").asLong()) / 1000)
                        .append(" s ago.");
            }
        }
        page.append("</p>");
    }

    /** What goes on besides the steps. */
    private void work() {
        JsonNode w = state.path("work");
        if (!w.isObject()) {
            return;
        }
        long done = w.path("done").asLong();
        long total = w.path("total").asLong(-1);
        double rate = w.path("rate").asDouble();
        String unit = Html.escape(w.path("unit").asText());
        page.append("<p class=\"work\">Now: ")
                .append(Html.escape(w.path("doing").asText()))
                .append(String.format(Locale.ROOT, ", %,d", done))
                .append(total < 0 ? "" : String.format(Locale.ROOT, " of %,d", total))
                .append(' ')
                .append(unit)
                .append(String.format(Locale.ROOT, ", %.1f ", rate))
                .append(unit)
                .append("/s");
        if (total >= 0 && rate > 0) {
            page.append(", about ")
                    .append(Seconds.text(Math.max(0, total - done) / rate))
                    .append(" left");
        }
        page.append(".</p>");
    }

    private void epochs() {
        if (state.path("epochs").isEmpty()) {
            return;
        }
        table("Epochs", "epoch", "loss", "error", "NLL", "ECE", "AURC", "validation error", "seconds", "images/s");
        for (JsonNode e : state.path("epochs")) {
            row(
                    e.path("epoch").asText() + (e.path("head_only").asBoolean() ? " (head only)" : ""),
                    Html.number(e.path("loss")),
                    Html.number(e.at("/test/error")),
                    Html.number(e.at("/test/nll")),
                    Html.number(e.at("/test/ece")),
                    Html.number(e.at("/test/aurc")),
                    Html.number(e.at("/validation/error")),
                    tenth(e.path("seconds")),
                    tenth(e.path("images_per_second")));
        }
        page.append("</tbody></table></div>");
    }

    private void executors() {
        if (state.at("/latest/executors").isEmpty()) {
            return;
        }
        table(
                "Executors in the last epoch",
                "executor",
                "host",
                "images/s",
                "step, ms",
                "data",
                "compute",
                "exchange",
                "waiting");
        for (JsonNode e : state.at("/latest/executors")) {
            row(
                    e.path("id").asText(),
                    e.path("host").asText(),
                    tenth(e.path("images_per_second")),
                    millis(e.path("step")),
                    millis(e.path("data")),
                    millis(e.path("compute")),
                    millis(e.path("exchange")),
                    millis(e.path("wait")));
        }
        page.append("</tbody></table></div>");
    }

    private void partitions() {
        if (state.at("/latest/partitions").isEmpty()) {
            return;
        }
        table("Partitions of the test part, after the last epoch", "partition", "host", "count", "error", "NLL", "ECE");
        for (JsonNode p : state.at("/latest/partitions")) {
            row(
                    p.path("id").asText(),
                    p.path("host").asText(),
                    p.path("count").asText(),
                    Html.number(p.path("error")),
                    Html.number(p.path("nll")),
                    Html.number(p.path("ece")));
        }
        page.append("</tbody></table></div>");
    }

    private void rejected() {
        JsonNode run = state.path("run");
        page.append("<p>").append(run.path("rejected").asLong()).append(" pictures are not used.</p>");
        if (!run.path("rejections").isEmpty()) {
            table("The first of them", "picture", "why");
            run.path("rejections")
                    .forEach(r -> row(r.path("path").asText(), r.path("reason").asText()));
            page.append("</tbody></table></div>");
        }
    }

    private void table(String title, String... heads) {
        page.append("<h4>")
                .append(title)
                .append("</h4>")
                .append(Html.scroll(title))
                .append("<table class=\"table table-striped table-sm\"><thead><tr>");
        for (String head : heads) {
            page.append("<th>").append(head).append("</th>");
        }
        page.append("</tr></thead><tbody>");
    }

    private void row(String... cells) {
        page.append("<tr>");
        for (String cell : cells) {
            page.append("<td>").append(Html.escape(cell)).append("</td>");
        }
        page.append("</tr>");
    }

    private static String tenth(JsonNode n) {
        return n.isNumber() ? Html.tenth(n.asDouble()) : "–";
    }

    private static String millis(JsonNode n) {
        return n.isNumber() ? Html.tenth(1000 * n.asDouble()) : "–";
    }
}
