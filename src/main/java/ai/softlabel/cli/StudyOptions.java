package ai.softlabel.cli;

import ai.softlabel.JobException;
import ai.softlabel.command.study.StudySettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads what {@code study} compares. */
final class StudyOptions {
    /** What {@code study --loss family} compares: plain cross-entropy first, then each loss at several strengths. */
    private static final String FAMILY = "family";

    private static final List<String> SWEEP = List.of(
            "label-smoothing:epsilon=0",
            "label-smoothing:epsilon=0.05",
            "label-smoothing:epsilon=0.1",
            "label-smoothing:epsilon=0.2",
            "max-sup:alpha=0.05",
            "max-sup:alpha=0.1",
            "max-sup:alpha=0.2",
            "margin-smoothing:margin=4",
            "margin-smoothing:margin=6",
            "margin-smoothing:margin=10",
            "online-label-smoothing:alpha=0.3",
            "online-label-smoothing:alpha=0.5",
            "online-label-smoothing:alpha=0.7",
            "focal:gamma=1",
            "focal:gamma=2",
            "focal:gamma=3");

    /** The same for pictures of several labels. */
    private static final List<String> SEVERAL_SWEEP = swept("binary-cross-entropy:epsilon=0/0.05/0.1/0.2");

    private StudyOptions() {}

    static StudySettings read(Values v) {
        if (v.text("transfer") != null && LabelOptions.several(v)) {
            throw JobException.options(
                    "expected --transfer with pictures of one label, found --label-separator; leave one out");
        }
        if (v.text("loss") != null) {
            List<Loss> losses = losses(v.text("loss"), LabelOptions.several(v));
            TrainSettings own = SettingsReader.train(v, losses.get(0), false);
            return StudySettings.ofLosses(own, losses, v.integer("seeds", 1, Integer.MAX_VALUE), v.flag("resume"))
                    .trying(v.text("transfer"));
        }
        if (v.text("transfer") != null) {
            throw JobException.options(
                    "expected --loss with --transfer, found --transfer %s alone; add --loss", v.text("transfer"));
        }
        List<Double> smoothing = new ArrayList<>();
        for (String text : v.needed("smoothing").split(",")) {
            double value = v.number("smoothing", text.trim(), 0, 1);
            if (smoothing.contains(value)) {
                throw v.wrong("smoothing", "different numbers");
            }
            smoothing.add(value);
        }
        TrainSettings train = SettingsReader.train(v, Losses.smoothed(smoothing.get(0), LabelOptions.several(v)), true);
        return new StudySettings(train, smoothing, v.integer("seeds", 1, Integer.MAX_VALUE), v.flag("resume"));
    }

    /** The losses of {@code a:x=1/2,y=3/4;b}: each with every combination of its parameters' values. */
    private static List<String> swept(String text) {
        List<String> out = new ArrayList<>();
        for (String one : text.split(";")) {
            int colon = one.indexOf(':');
            List<String> combinations = List.of(colon < 0 ? one : one.substring(0, colon));
            String between = ":";
            for (String parameter :
                    colon < 0 ? new String[0] : one.substring(colon + 1).split(",", -1)) {
                int equals = parameter.indexOf('=');
                String name = parameter.substring(0, equals + 1);
                List<String> longer = new ArrayList<>();
                for (String begun : combinations) {
                    for (String value : parameter.substring(equals + 1).split("/", -1)) {
                        longer.add(begun + between + name + value);
                    }
                }
                combinations = longer;
                between = ",";
            }
            out.addAll(combinations);
        }
        return out;
    }

    /** Losses as {@link Losses#of(String)} takes them, swept, with semicolons between them; or all known ones. */
    private static List<Loss> losses(String text, boolean several) {
        List<Loss> losses = new ArrayList<>();
        for (String one : !text.equals(FAMILY) ? swept(text) : several ? SEVERAL_SWEEP : SWEEP) {
            try {
                Loss loss = Losses.of(one.strip());
                if (losses.contains(loss)) {
                    throw new IllegalArgumentException("expected each loss once, found it twice; leave one out");
                }
                losses.add(loss);
            } catch (IllegalArgumentException e) {
                throw JobException.options("--loss %s: %s", one.strip(), e.getMessage());
            }
        }
        if (losses.isEmpty()) {
            throw JobException.options(
                    "expected losses with semicolons between them for --loss, found %s; give at least one, or family",
                    text);
        }
        return losses;
    }

    /** Those of a training, but for what is compared. */
    static List<Option> all() {
        return Stream.concat(
                        TrainingOptions.all().stream()
                                .filter(o -> !o.name().equals("loss"))
                                .map(o -> o.name().equals("smoothing")
                                        ? new Option("smoothing", "E,E", "0,0.1", "smoothing strengths to compare")
                                        : List.of("keep", "experiments").contains(o.name()) ? o.asBrief() : o),
                        Stream.of(
                                new Option("loss", "A;B:x=1/2", null, "compare these losses instead, or: family"),
                                new Option("transfer", "PATH", null, "with --loss: try features on these pictures"),
                                new Option("seeds", "N", "1", "runs per strength; seeds count up from --seed")))
                .toList();
    }
}
