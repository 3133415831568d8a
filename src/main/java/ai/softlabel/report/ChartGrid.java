package ai.softlabel.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Several charts in one self-contained SVG file, two in a row. */
final class ChartGrid {
    private static final int COLUMNS = 2;
    private static final int CAPTION = 26;

    private final List<String> panels = new ArrayList<>();

    /** Adds a chart with a caption above it. */
    ChartGrid add(String caption, String chart) {
        int x = panels.size() % COLUMNS * Charts.WIDTH;
        int y = panels.size() / COLUMNS * (Charts.HEIGHT + CAPTION);
        panels.add(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n%s%n",
                x + Charts.WIDTH / 2,
                y + CAPTION - 8,
                Html.escape(caption),
                chart.replaceFirst(
                        "<svg ",
                        String.format(
                                Locale.ROOT,
                                "<svg x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" ",
                                x,
                                y + CAPTION,
                                Charts.WIDTH,
                                Charts.HEIGHT))));
        return this;
    }

    String svg() {
        int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">%n<style>%s</style>%n<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>%n%s</svg>%n",
                COLUMNS * Charts.WIDTH,
                rows * (Charts.HEIGHT + CAPTION),
                Html.resource("/sheet.css"),
                String.join("", panels));
    }
}
