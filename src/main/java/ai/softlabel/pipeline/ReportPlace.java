package ai.softlabel.pipeline;

import ai.softlabel.files.Directory;
import java.util.List;

/** Where a command's page is and how to open it: the last line of a command. */
public final class ReportPlace {
    private static final List<String> PAGES = List.of("report.html", "study.html");

    private ReportPlace() {}

    /** The name of a run's page, or null where it has none. */
    public static String page(Directory run) {
        return PAGES.stream().filter(run::has).findFirst().orElse(null);
    }

    /** Prints the line. A run without a page, such as one that was not tested, has a report for programs. */
    public static void print(ConsoleProgress console, Directory run) {
        String page = page(run);
        if (page == null) {
            console.print("report: %s (text: open it in an editor)", shown(run, ReportSections.FILE));
        } else if (run.path(page).startsWith("file:")) {
            console.print(
                    "report: %s (open it in a browser, or run: %s report %s --serve)",
                    shown(run, page), launcher(), quoted(run.path("").replaceFirst("^file:/*", "/")));
        } else {
            console.print(
                    "report: %s (copy it to your machine, for example with hadoop fs -get, and open it in a browser)",
                    run.path(page));
        }
    }

    /** A path that a shell takes as one word. */
    private static String quoted(String path) {
        return path.matches("[\\w./:@%+=-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    /** A file's URI in the form that terminals and browsers open. */
    private static String shown(Directory run, String name) {
        String path = run.path(name);
        return path.startsWith("file:") ? run.uri(name).toString().replaceFirst("^file:/*", "file:///") : path;
    }

    private static String launcher() {
        return System.getenv().getOrDefault("SOFTLABEL_COMMAND", "softlabel");
    }
}
