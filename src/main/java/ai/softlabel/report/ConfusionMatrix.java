package ai.softlabel.report;

import ai.softlabel.run.ConfusionCell;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The confusion matrix as an SVG image, the classes with the most errors first. */
final class ConfusionMatrix {
    private static final int CELL = 16;
    private static final int MARGIN = 170;

    private ConfusionMatrix() {}

    /** More classes than these would be too small to read. */
    private static final int MOST_CLASSES = 100;

    /**
     * The matrix of the given cells; absent cells are zero. Of more than {@value #MOST_CLASSES} classes those with the
     * most errors.
     */
    static String svg(List<ConfusionCell> cells) {
        Map<String, Long> mistakes = new HashMap<>();
        long most = 1;
        for (ConfusionCell c : cells) {
            boolean wrong = !c.label().equals(c.predicted());
            mistakes.merge(c.label(), wrong ? c.count() : 0, Long::sum);
            mistakes.merge(c.predicted(), wrong ? c.count() : 0, Long::sum);
            most = wrong ? Math.max(most, c.count()) : most;
        }
        List<String> order = mistakes.keySet().stream()
                .sorted(Comparator.comparingLong((String name) -> -mistakes.get(name))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MOST_CLASSES)
                .toList();
        Map<String, Integer> place = new HashMap<>();
        order.forEach(name -> place.put(name, place.size()));
        int side = MARGIN + CELL * order.size();
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT, "<svg viewBox=\"0 0 %1$d %1$d\" role=\"img\" aria-label=\"confusion matrix\">", side + 2));
        for (int i = 0; i < order.size(); i++) {
            int at = MARGIN + CELL * i;
            String name = Html.escape(order.get(i));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text><text transform=\"translate(%d %d) rotate(-90)\">%s</text>",
                    MARGIN - 6,
                    at + CELL - 4,
                    name,
                    at + CELL - 4,
                    MARGIN - 6,
                    name));
        }
        lines(svg, true, order.size());
        lines(svg, false, order.size());
        for (ConfusionCell c : cells) {
            if (!place.containsKey(c.label()) || !place.containsKey(c.predicted())) {
                continue;
            }
            boolean correct = c.label().equals(c.predicted());
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"%s><title>%s predicted as %s: %d</title></rect>",
                    correct ? "right" : "b",
                    MARGIN + CELL * place.get(c.predicted()) + 1,
                    MARGIN + CELL * place.get(c.label()) + 1,
                    CELL - 1,
                    CELL - 1,
                    correct ? "" : String.format(Locale.ROOT, " opacity=\"%.2f\"", 0.2 + 0.8 * c.count() / most),
                    Html.escape(c.label()),
                    Html.escape(c.predicted()),
                    c.count()));
        }
        return svg.append("</svg>").toString();
    }

    private static void lines(StringBuilder svg, boolean across, int classes) {
        for (int i = 0; i <= classes; i++) {
            int at = MARGIN + CELL * i;
            int end = MARGIN + CELL * classes;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
                    across ? MARGIN : at,
                    across ? at : MARGIN,
                    across ? end : at,
                    across ? at : end));
        }
    }
}
