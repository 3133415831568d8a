package ai.softlabel.cli;

import ai.softlabel.loss.Losses;
import ai.softlabel.network.Architectures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The text of {@code --help}. */
final class Help {
    private static final int WIDTH = 80;

    private Help() {}

    static String general() {
        StringBuilder s = new StringBuilder("""
                Softlabel trains image classifiers on a Spark cluster, with label smoothing,
                and measures how well calibrated their confidence is.

                usage: softlabel COMMAND [options]    (softlabel COMMAND --help lists them)

                """);
        for (Command c : Command.values()) {
            s.append(String.format("  %-10s %s%n", c.word(), c.text()));
        }
        s.append('\n');
        list(s, "Networks for --architecture:", Architectures.names());
        list(s, "Losses for --loss NAME or --loss NAME:alpha=0.1:", Losses.names());
        s.append("Exit status: 0 done, 2 wrong options, 3 unusable input, 4 training failed.\n");
        return s.toString();
    }

    /** Appends a title and names, wrapped to the width of a screen. */
    private static void list(StringBuilder s, String title, List<String> names) {
        StringBuilder line = new StringBuilder(title);
        for (String name : names) {
            if (line.length() + name.length() + 2 > WIDTH) {
                s.append(line).append('\n');
                line = new StringBuilder(" ");
            }
            line.append(' ').append(name);
        }
        s.append(line).append('\n');
    }

    static String of(Command command) {
        String operand = command.words() != null
                ? " " + command.words()
                : command.operand() == null ? "" : " [" + command.operand().toUpperCase(Locale.ROOT) + "]";
        StringBuilder s = new StringBuilder(
                "usage: softlabel " + command.word() + operand + " [options]  " + command.text() + "\n");
        List<String> brief = new ArrayList<>();
        for (Option o : command.options()) {
            String left = "--" + o.name() + (o.flag() ? "" : " " + o.value());
            String initial = o.initial() == null || o.flag() ? "" : " (" + o.initial() + ")";
            if (o.brief()) {
                brief.add(left + initial);
            } else {
                s.append(String.format("  %-20s %s%s%n", left, o.text(), initial));
            }
        }
        if (!brief.isEmpty()) {
            list(s, "And, as docs/commands.md describes:", brief);
        }
        return s.toString();
    }
}
