package ai.softlabel.cli;

import ai.softlabel.ExitStatus;
import ai.softlabel.command.bench.BenchSettings;
import ai.softlabel.fuzz.Promise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the command line promises for any words and any profile; a fuzz target calls it. */
public final class CliTargets {
    private static final Path FOLDER = Promise.folder("profile");
    private static final int MOST_WORDS = 40;

    private CliTargets() {}

    /**
     * A profile, a command and its arguments, separated by NULs, are settings or a line with status 2. Reading them
     * opens no file but the profile.
     */
    public static void settings(byte[] input) {
        List<byte[]> words = Promise.parts(input, MOST_WORDS);
        Promise.oneLine(Set.of(ExitStatus.OPTIONS), () -> {
            Files.write(FOLDER.resolve("fuzz.conf"), words.get(0));
            List<String> arguments = new ArrayList<>();
            for (byte[] word : words.subList(2, words.size())) {
                if (word.length > 0) {
                    arguments.add(Promise.text(word));
                }
            }
            String word = Promise.text(words.get(1));
            for (Command command : Command.values()) {
                if (command.word().equals(word)) {
                    read(
                            command,
                            new Values(command, Arguments.parse(command, arguments), new Profiles(List.of(FOLDER))));
                }
            }
        });
    }

    private static void read(Command command, Values values) {
        switch (command) {
            case TRAIN -> SettingsReader.train(values);
            case EVALUATE -> ScoringOptions.evaluate(values);
            case PREDICT -> ScoringOptions.predict(values);
            case INSPECT -> SettingsReader.inspect(values);
            case AUDIT -> SettingsReader.audit(values);
            case PACK -> SettingsReader.pack(values);
            case STUDY -> StudyOptions.read(values);
            case CALIBRATE -> SettingsReader.recalibrate(values);
            case BENCH -> {
                if (BenchOptions.read(values).which().equals(BenchSettings.JOB)) {
                    BenchOptions.job(values);
                }
            }
            case FIND_LR -> SettingsReader.search(values);
            case EXPORT -> ScoringOptions.export(values);
            case COMPARE -> SettingsReader.compare(values);
            case REPORT -> SettingsReader.report(values);
        }
    }
}
