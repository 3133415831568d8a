package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Runs side by side: their figures, and the settings in which they differ. */
public final class Comparison {
    private static final String NONE = "–";
    private static final Map<String, Function<ComparedRun, String>> FIGURES = new LinkedHashMap<>();

    static {
        FIGURES.put("error", r -> Html.number(r.report().at("/test/error")));
        FIGURES.put("NLL", r -> Html.number(r.report().at("/test/nll")));
        FIGURES.put("NLL recal.", r -> Html.number(r.recalibrated().get("nll")));
        FIGURES.put("ECE", r -> Html.number(r.report().at("/test/ece")));
        FIGURES.put("ECE recal.", r -> Html.number(r.recalibrated().get("ece")));
        FIGURES.put("ECE if cal.", r -> Html.number(r.recalibrated().get("ece_if_calibrated")));
        FIGURES.put("AURC", r -> Html.number(r.report().at("/test/aurc")));
        FIGURES.put("AURC recal.", r -> Html.number(r.recalibrated().get("aurc")));
        FIGURES.put("recalibration", ComparedRun::recalibration);
        FIGURES.put("seconds", r -> seconds(r.report().at("/training/seconds")));
    }

    private final List<ComparedRun> runs;
    private final List<String> names;

    private Comparison(List<ComparedRun> runs) {
        this.runs = List.copyOf(runs);
        this.names = names(runs);
    }

    /** @param runs at least two */
    public static Comparison of(List<ComparedRun> runs) {
        return new Comparison(runs);
    }

    List<ComparedRun> runs() {
        return runs;
    }

    /** The runs' names: the last part of their paths, or the whole paths where two are the same. */
    List<String> names() {
        return names;
    }

    /** The head and a row for each run. */
    List<List<String>> figures() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("run"));
        head.addAll(FIGURES.keySet());
        rows.add(head);
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            List<String> row = new ArrayList<>(List.of(names.get(i)));
            FIGURES.values().forEach(f -> row.add(f.apply(run)));
            rows.add(row);
        }
        return rows;
    }

    /** The head, and a row for each setting in which the runs differ. */
    List<List<String>> differences() {
        // Those that only checkpoints name are left out where a run has no checkpoint.
        boolean complete = complete();
        List<Map<String, String>> all =
                runs.stream().map(r -> r.settings(complete)).toList();
        Set<String> keys = new LinkedHashSet<>();
        all.forEach(s -> keys.addAll(s.keySet()));
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("setting"));
        head.addAll(names);
        rows.add(head);
        for (String key : keys) {
            List<String> values =
                    all.stream().map(s -> s.getOrDefault(key, NONE)).toList();
            if (Set.copyOf(values).size() > 1) {
                List<String> row = new ArrayList<>(List.of(key));
                row.addAll(values);
                rows.add(row);
            }
        }
        return rows;
    }

    private boolean complete() {
        return runs.stream().noneMatch(r -> r.options().isEmpty());
    }

    /** What a reader of the figures should know. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (runs.stream().map(ComparedRun::scored).distinct().count() > 1) {
            notes.add(
                    "The runs were scored on different pictures: a difference between figures may come from the pictures.");
        }
        if (!complete()) {
            notes.add(
                    "Not every run has checkpoints with its settings: only the settings that report.json names were compared.");
        }
        return notes;
    }

    /** The comparison as lines for the console. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(aligned(figures(), true));
        lines.add("");
        List<List<String>> differences = differences();
        if (differences.size() == 1) {
            lines.add("no setting differs");
        } else {
            lines.addAll(aligned(differences, false));
        }
        lines.addAll(notes());
        return lines;
    }

    private static List<String> aligned(List<List<String>> rows, boolean right) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String space = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(right && i > 0 ? space + row.get(i) : row.get(i) + space);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static List<String> names(List<ComparedRun> runs) {
        List<String> last = runs.stream()
                .map(r -> r.path().replaceFirst("/+$", "").replaceFirst(".*/", ""))
                .toList();
        return Set.copyOf(last).size() == last.size() && !last.contains("")
                ? last
                : runs.stream().map(ComparedRun::path).toList();
    }

    private static String seconds(JsonNode n) {
        return n.isNumber() ? String.format(Locale.ROOT, "%.1f", n.asDouble()) : NONE;
    }
}
