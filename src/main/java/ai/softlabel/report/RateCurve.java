package ai.softlabel.report;

import ai.softlabel.train.RateSearch;
import java.util.Locale;

/** The loss curve of a learning rate sweep, as CSV and as SVG. */
public final class RateCurve {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int LEFT = 60;
    private static final int BOTTOM = 50;
    private static final int MARGIN = 20;

    private RateCurve() {}

    /** {@code lr,loss,smoothed}, a line for each step. */
    public static String csv(RateSearch s) {
        StringBuilder out = new StringBuilder("lr,loss,smoothed\n");
        for (int i = 0; i < s.rates().size(); i++) {
            out.append(s.rates().get(i))
                    .append(',')
                    .append(s.losses().get(i))
                    .append(',')
                    .append(s.smoothed().get(i))
                    .append('\n');
        }
        return out.toString();
    }

    /** The smoothed loss against the learning rate (logarithmic), with both suggestions. */
    public static String svg(RateSearch s) {
        double first = Math.log10(s.rates().get(0));
        double last = Math.log10(s.rates().get(s.rates().size() - 1));
        double low =
                s.smoothed().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        // Losses that diverge at the end would flatten the rest of the curve.
        double high = Math.min(
                s.smoothed().stream().mapToDouble(Double::doubleValue).max().orElseThrow(),
                1.5 * s.smoothed().get(0) - 0.5 * low + 1e-9);
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < s.rates().size(); i++) {
            line.append(x(Math.log10(s.rates().get(i)), first, last))
                    .append(',')
                    .append(y(Math.min(high, s.smoothed().get(i)), low, high))
                    .append(' ');
        }
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<title>Smoothed loss against the learning rate</title>%n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT));
        for (int e = (int) Math.ceil(first); e <= last; e++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%1$s\" x2=\"%1$s\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#ddd\"/><text x=\"%1$s\" y=\"%4$d\" text-anchor=\"middle\">1e%5$d</text>%n",
                    x(e, first, last),
                    MARGIN,
                    HEIGHT - BOTTOM,
                    HEIGHT - BOTTOM + 16,
                    e));
        }
        for (int k = 0; k <= 4; k++) {
            double value = low + (high - low) * k / 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%3$s\" y2=\"%3$s\" stroke=\"#ddd\"/><text x=\"%4$d\" y=\"%3$s\" dy=\"4\" text-anchor=\"end\">%5$.2f</text>%n",
                    LEFT,
                    WIDTH - MARGIN,
                    y(value, low, high),
                    LEFT - 6,
                    value));
        }
        svg.append("<polyline fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\" points=\"")
                .append(line.toString().trim())
                .append("\"/>\n");
        svg.append(mark("valley", s.valley(), "#1a7f37", first, last, 0))
                .append(mark("steepest", s.steepest(), "#bc4c00", first, last, 16));
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">learning rate</text>%n</svg>%n",
                (LEFT + WIDTH - MARGIN) / 2,
                HEIGHT - 12));
        return svg.toString();
    }

    private static String mark(String name, double rate, String colour, double first, double last, int drop) {
        String x = x(Math.log10(rate), first, last);
        return String.format(
                Locale.ROOT,
                "<line x1=\"%1$s\" x2=\"%1$s\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"%4$s\" stroke-dasharray=\"4\"/><text x=\"%1$s\" y=\"%5$d\" dx=\"4\" fill=\"%4$s\">%6$s %7$.1e</text>%n",
                x,
                MARGIN,
                HEIGHT - BOTTOM,
                colour,
                MARGIN + 12 + drop,
                name,
                rate);
    }

    private static String x(double logRate, double first, double last) {
        return String.format(Locale.ROOT, "%.1f", LEFT + (WIDTH - LEFT - MARGIN) * (logRate - first) / (last - first));
    }

    private static String y(double value, double low, double high) {
        return String.format(
                Locale.ROOT, "%.1f", HEIGHT - BOTTOM - (HEIGHT - BOTTOM - MARGIN) * (value - low) / (high - low));
    }
}
