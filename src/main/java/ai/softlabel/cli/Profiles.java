package ai.softlabel.cli;

import ai.softlabel.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads profiles: {@code key = value} lines whose keys are a command's options; # starts a comment. */
final class Profiles {
    private final List<Path> folders;

    /** @param folders folders in which {@code NAME.conf} is looked up, in order */
    Profiles(List<Path> folders) {
        this.folders = folders;
    }

    /** The standard folders: {@code conf} in the working directory, then in the project that the launcher sets. */
    static Profiles standard() {
        String home = System.getProperty("softlabel.home", System.getenv().getOrDefault("SOFTLABEL_HOME", "."));
        return new Profiles(List.of(Path.of("conf"), Path.of(home, "conf")));
    }

    /**
     * The options of several profiles; a later profile overrides an earlier one.
     *
     * @param names profile names, separated by commas
     */
    Map<String, String> read(Command command, String names) {
        Map<String, String> all = new HashMap<>();
        for (String name : names.split(",", -1)) {
            all.putAll(one(command, name.trim()));
        }
        return all;
    }

    private Map<String, String> one(Command command, String name) {
        Path file = folders.stream()
                // No file's name has a NUL, and Path takes none.
                .filter(f -> name.indexOf('\0') < 0)
                .map(f -> f.resolve(name + ".conf"))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> JobException.options(
                        "expected a profile %s.conf in one of %s, found none; check --profile", name, folders));
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw JobException.options(
                    "expected to read the profile %s, found %s; check the file", file, e.getMessage());
        }
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceAll("(^|\\s)#.*", "").trim();
            if (line.isEmpty()) {
                continue;
            }
            String[] pair = line.split("\\s*=\\s*", 2);
            boolean known = pair.length == 2
                    && command.options().stream()
                            .anyMatch(o -> o.name().equals(pair[0]) && !o.name().equals("profile"));
            if (!known) {
                throw JobException.options(
                        "expected \"key = value\" with an option of softlabel %s in line %d of %s, found \"%s\"; correct it",
                        command.word(), i + 1, file, line);
            }
            found.put(pair[0], pair[1]);
        }
        return found;
    }
}
