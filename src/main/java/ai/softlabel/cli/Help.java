package ai.softlabel.cli;

import java.util.Locale;

/** The text of {@code --help}. */
final class Help {
    private Help() {}

    static String general() {
        StringBuilder s = new StringBuilder("""
                Softlabel trains image classifiers on a Spark cluster, with label smoothing,
                and measures how well calibrated their confidence is.

                usage: softlabel COMMAND [options]

                """);
        for (Command c : Command.values()) {
            s.append(String.format("  %-10s %s%n", c.word(), c.text()));
        }
        s.append("\nsoftlabel COMMAND --help lists a command's options.\n");
        s.append("Exit status: 0 done, 2 wrong options, 3 unusable input, 4 training failed.\n");
        return s.toString();
    }

    static String of(Command command) {
        String operand =
                command.operand() == null ? "" : " [" + command.operand().toUpperCase(Locale.ROOT) + "]";
        StringBuilder s = new StringBuilder(
                "usage: softlabel " + command.word() + operand + " [options]    " + command.text() + "\n\n");
        for (Option o : command.options()) {
            String left = "--" + o.name() + (o.flag() ? "" : " " + o.value());
            String initial = o.initial() == null || o.flag() ? "" : " (" + o.initial() + ")";
            s.append(String.format("  %-20s %s%s%n", left, o.text(), initial));
        }
        return s.toString();
    }
}
