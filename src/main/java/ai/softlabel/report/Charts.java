package ai.softlabel.report;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * Small SVG charts over [x, y] data, coloured by the page's style sheet: classes {@code a}, {@code b}, {@code band},
 * {@code grid}.
 */
public final class Charts {
    static final int WIDTH = 420;
    static final int HEIGHT = 300;
    private static final int LEFT = 62;
    private static final int RIGHT = 24;
    private static final int TOP = 12;
    private static final int BOTTOM = 44;

    private final StringBuilder body = new StringBuilder();
    private final String title;
    private final double x0;
    private final double x1;
    private final double y0;
    private final double y1;

    /** A chart of x in [x0, x1] and y in [y0, y1]. */
    public Charts(String title, double x0, double x1, double y0, double y1) {
        this.title = title;
        this.x0 = x0;
        this.x1 = x1 > x0 ? x1 : x0 + 1;
        this.y0 = y0;
        this.y1 = y1 > y0 ? y1 : y0 + 1;
    }

    /** Grid lines and labels, at {@code steps} even steps of each axis. */
    public Charts axes(
            String xName,
            String yName,
            int xSteps,
            int ySteps,
            DoubleFunction<String> xText,
            DoubleFunction<String> yText) {
        for (int i = 0; i <= xSteps; i++) {
            double v = x0 + (x1 - x0) * i / xSteps;
            body.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\"/><text x=\"%1$.1f\" y=\"%4$d\" text-anchor=\"middle\">%5$s</text>",
                    x(v),
                    TOP,
                    HEIGHT - BOTTOM,
                    HEIGHT - BOTTOM + 16,
                    xText.apply(v)));
        }
        for (int i = 0; i <= ySteps; i++) {
            double v = y0 + (y1 - y0) * i / ySteps;
            body.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%2$d\" x2=\"%3$d\" y1=\"%1$.1f\" y2=\"%1$.1f\"/><text x=\"%4$d\" y=\"%1$.1f\" dy=\"4\" text-anchor=\"end\">%5$s</text>",
                    y(v),
                    LEFT,
                    WIDTH - RIGHT,
                    LEFT - 6,
                    yText.apply(v)));
        }
        body.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + WIDTH - RIGHT) / 2.0,
                HEIGHT - 8,
                xName));
        body.append(String.format(
                Locale.ROOT,
                "<text transform=\"translate(12 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                (TOP + HEIGHT - BOTTOM) / 2.0,
                yName));
        return this;
    }

    /** A line through points, with a dot at each. */
    public Charts line(String style, List<double[]> points) {
        StringBuilder path = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        for (double[] p : points) {
            path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(p[0]), y(p[1])));
            dots.append(String.format(
                    Locale.ROOT, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>", style, x(p[0]), y(p[1])));
        }
        body.append("<polyline class=\"")
                .append(style)
                .append("\" points=\"")
                .append(path.toString().trim())
                .append("\"/>");
        body.append(points.size() <= 40 ? dots : "");
        return this;
    }

    /** A dot. */
    Charts dot(String style, double atX, double atY) {
        body.append(String.format(
                Locale.ROOT, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>", style, x(atX), y(atY)));
        return this;
    }

    /** A bar between two x values, from y = {@code from} to y = {@code to}; {@code hint} is its tooltip. */
    Charts bar(String style, double left, double right, double from, double to, String hint) {
        double top = y(Math.max(from, to));
        body.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s</title></rect>",
                style,
                x(left) + 0.5,
                top,
                Math.max(0, x(right) - x(left) - 1),
                Math.abs(y(from) - y(to)),
                hint));
        return this;
    }

    /** A dashed straight line between two points. */
    Charts dashed(double fromX, double fromY, double toX, double toY) {
        body.append(String.format(
                Locale.ROOT,
                "<line class=\"dashed\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                x(fromX),
                y(fromY),
                x(toX),
                y(toY)));
        return this;
    }

    /** A vertical line at x from one y to another, as an error bar. */
    Charts whisker(double at, double from, double to) {
        body.append(String.format(
                Locale.ROOT,
                "<line class=\"whisker\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$.1f\" y2=\"%3$.1f\"/>",
                x(at),
                y(from),
                y(to)));
        return this;
    }

    /** The chart as an SVG element. */
    public String svg() {
        return String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%s</svg>",
                WIDTH,
                HEIGHT,
                title,
                body);
    }

    private double x(double v) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (Math.min(Math.max(v, x0), x1) - x0) / (x1 - x0);
    }

    private double y(double v) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (Math.min(Math.max(v, y0), y1) - y0) / (y1 - y0);
    }
}
