package ai.softlabel.train;

import ai.softlabel.files.Directory;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a checkpoint's files: {@code epoch-N} after epoch N, {@code epoch-N-step-S} within the epoch after it.
 *
 * @param epoch epochs that are done
 * @param step within the next one, or 0
 * @param text the files' name without what tells them apart
 */
record CheckpointName(int epoch, int step, String text) {
    private static final String INDEX = ".json";
    // Digits of any script: a name's are those of the locale that it was written in, where that was not the root's.
    private static final Pattern FILE = Pattern.compile("(epoch-(\\p{Nd}{4,9})(?:-step-(\\p{Nd}{7,9}))?)\\.json");

    static CheckpointName of(int epoch, int step) {
        String text = step == 0
                ? String.format(Locale.ROOT, "epoch-%04d", epoch)
                : String.format(Locale.ROOT, "epoch-%04d-step-%07d", epoch, step);
        return new CheckpointName(epoch, step, text);
    }

    /** The checkpoints that have an index, oldest first. */
    static List<CheckpointName> all(Directory directory) {
        return directory.names().stream()
                .map(FILE::matcher)
                .filter(Matcher::matches)
                .map(m -> new CheckpointName(
                        Integer.parseInt(m.group(2)),
                        m.group(3) == null ? 0 : Integer.parseInt(m.group(3)),
                        m.group(1)))
                .sorted(Comparator.comparingInt(CheckpointName::epoch).thenComparingInt(CheckpointName::step))
                .toList();
    }

    /** The file with the figures, which is written last. */
    String index() {
        return text + INDEX;
    }
}
