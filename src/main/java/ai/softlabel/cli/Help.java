package ai.softlabel.cli;

import java.util.Locale;

/** What {@code --help} prints. */
final class Help {
    private Help() {}

    static String general() {
        StringBuilder s = new StringBuilder("""
                Softlabel trains image classifiers on a Spark cluster, with label smoothing,
                and measures how far their confidence can be trusted.

                usage: softlabel COMMAND [options]

                """);
        for (Command c : Command.values()) {
            s.append(String.format("  %-10s %s%n", c.word(), c.text()));
        }
        s.append("\nsoftlabel COMMAND --help tells a command's options.\n");
        s.append("Exit status: 0 done, 2 options, 3 something read does not fit, 4 training failed.\n");
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
