package ai.softlabel.command.compare;

import ai.softlabel.JobException;
import java.util.HashSet;
import java.util.List;

/**
 * The settings of {@code compare}, checked.
 *
 * @param runs the run directories, 2 to 10
 * @param out the page to write, or null for none
 */
public record CompareSettings(List<String> runs, String out) {
    /** As many as the page's lines can be told apart. */
    private static final int MOST = 10;

    public CompareSettings {
        runs = List.copyOf(runs);
        if (runs.size() < 2 || runs.size() > MOST) {
            throw JobException.options(
                    "expected 2 to %d run directories, found %d; see softlabel compare --help", MOST, runs.size());
        }
        if (new HashSet<>(runs).size() < runs.size()) {
            throw JobException.options("expected each run directory once, found %s; leave one out", runs);
        }
    }
}
