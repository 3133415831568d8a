package ai.softlabel.cli;

import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.train.Hyperparameters;
import java.util.ArrayList;
import java.util.List;

/** Reads the options of {@code bench}. */
final class BenchOptions {
    private BenchOptions() {}

    static BenchSettings read(Values v) {
        Hyperparameters hyperparameters = SettingsReader.hyperparameters(v)
                .loss(SettingsReader.loss(v))
                .epochs(1)
                .optimization(SettingsReader.optimization(v).build())
                .build();
        List<Integer> executors = new ArrayList<>();
        for (String text : v.needed("executors").split(",")) {
            executors.add((int) v.whole("executors", text.trim(), 2, 64));
        }
        return new BenchSettings(
                v.oneOf("case", BenchSettings.CASES.toArray(String[]::new)),
                SettingsReader.setup(v, hyperparameters).build(),
                v.integer("steps", 2, Integer.MAX_VALUE),
                v.integer("rounds", 1, Integer.MAX_VALUE),
                executors,
                SettingsReader.positive(v, "gigabits"),
                v.number("latency", 0, Double.POSITIVE_INFINITY),
                v.text("out"),
                pictures(v));
    }

    private static List<Integer> pictures(Values v) {
        List<Integer> pictures = new ArrayList<>();
        for (String text : v.needed("pictures").split(",")) {
            pictures.add((int) v.whole("pictures", text.trim(), 1, 100_000_000));
        }
        return pictures;
    }
}
