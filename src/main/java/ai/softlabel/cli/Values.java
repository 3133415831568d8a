package ai.softlabel.cli;

import ai.softlabel.JobException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values of a command's options, from defaults, profiles and the command line, with typed access. */
final class Values {
    private final Command command;
    private final Map<String, String> values = new HashMap<>();
    private final Set<String> typed;

    Values(Command command, Map<String, String> given, Profiles profiles) {
        this.command = command;
        this.typed = Set.copyOf(given.keySet());
        for (Option o : command.options()) {
            if (o.initial() != null) {
                values.put(o.name(), o.initial());
            }
        }
        if (given.containsKey("profile")) {
            add(profiles.read(command, given.get("profile")));
        }
        add(given);
    }

    /** Later values replace earlier ones. --depth and --architecture set the same thing, so each replaces the other. */
    private void add(Map<String, String> later) {
        if (later.containsKey("depth") && later.containsKey("architecture")) {
            throw JobException.options(
                    "expected --architecture or --depth, its short form, found both; leave one of them out");
        }
        if (later.containsKey("architecture")) {
            values.remove("depth");
        }
        values.putAll(later);
    }

    /** The value as text, or null if there is none. */
    String text(String name) {
        return values.get(name);
    }

    /** Whether it was on the command line, and not only in a profile. */
    boolean typed(String name) {
        return typed.contains(name);
    }

    /** The words beside the options. */
    List<String> words() {
        String all = values.getOrDefault(Arguments.WORDS, "");
        return all.isEmpty() ? List.of() : List.of(all.split("\0", -1));
    }

    String needed(String name) {
        String value = values.get(name);
        if (value == null || value.isBlank()) {
            throw JobException.options("expected --%s, found none; see softlabel %s --help", name, command.word());
        }
        return value;
    }

    boolean flag(String name) {
        return oneOf(name, "true", "false").equals("true");
    }

    String oneOf(String name, String... choices) {
        String value = values.get(name);
        if (!Arrays.asList(choices).contains(value)) {
            throw wrong(name, "one of " + String.join(", ", choices));
        }
        return value;
    }

    /** One or more of the choices, with commas between them. */
    List<String> several(String name, String... choices) {
        List<String> out = Arrays.stream(values.get(name).split(",", -1))
                .map(String::strip)
                .distinct()
                .toList();
        if (!Arrays.asList(choices).containsAll(out)) {
            throw wrong(name, "some of " + String.join(", ", choices) + ", with commas between them");
        }
        return out;
    }

    long whole(String name, long least, long most) {
        return whole(name, values.get(name), least, most);
    }

    long whole(String name, String text, long least, long most) {
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw wrong(
                name,
                most == Long.MAX_VALUE || most == Integer.MAX_VALUE
                        ? "a whole number of at least " + least
                        : "a whole number from " + least + " to " + most);
    }

    int integer(String name, int least, int most) {
        return (int) whole(name, least, most);
    }

    /** A number in [least, most). */
    double number(String name, double least, double most) {
        return number(name, values.get(name), least, most);
    }

    double number(String name, String text, double least, double most) {
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value < most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw wrong(
                name,
                most == Double.POSITIVE_INFINITY
                        ? "a number of at least " + least
                        : "a number in [" + least + ", " + most + ")");
    }

    JobException wrong(String name, String expected) {
        return JobException.options("expected --%s to be %s, found %s; correct it", name, expected, values.get(name));
    }
}
