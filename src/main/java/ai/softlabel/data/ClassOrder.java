package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.Rejection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Puts classes in the order of a text file: one name a line, empty lines left out. */
final class ClassOrder {
    /** The group of what it rejects, behind all others. */
    private static final int LAST = 10;

    private ClassOrder() {}

    /** @throws JobException of status 3 where the file can't be read, has no names, or has one twice */
    static List<String> read(String file, Configuration configuration) {
        String text;
        Path path = new Path(file);
        try (InputStream in = path.getFileSystem(configuration).open(path)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException | RuntimeException e) {
            throw JobException.input(
                    "expected a text file with a class a line at --classes %s, found that it can't be read (%s); check the path",
                    file, Plain.reason(e.getMessage()));
        }
        List<String> names = new ArrayList<>();
        for (String line :
                (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList()) {
            String name = line.strip();
            if (names.contains(name)) {
                throw JobException.input(
                        "expected each class once in --classes %s, found %s twice; remove one", file, name);
            }
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        if (names.isEmpty()) {
            throw JobException.input(
                    "expected a text file with a class a line at --classes %s, found no name; write the classes in it",
                    file);
        }
        return names;
    }

    /** Each class's label, from 0 in this order. */
    static Map<String, Integer> numbers(Iterable<String> classes) {
        Map<String, Integer> labels = new HashMap<>();
        classes.forEach(c -> labels.put(c, labels.size()));
        return labels;
    }

    /** The same pictures with other numbers for their classes; those of a class that is not named are rejected. */
    static Labelling apply(Labelling found, List<String> names, String file) {
        Set<String> known = new HashSet<>(names);
        Labelling.Sets sets = found.sets();
        String list = file.substring(file.lastIndexOf('/') + 1);
        Bag<Outcome> outcomes = found.outcomes().each(o -> {
            String unknown = !o.used()
                    ? null
                    : Labelling.classes(o.row().label(), sets).stream()
                            .filter(name -> !known.contains(name))
                            .findFirst()
                            .orElse(null);
            return List.of(
                    unknown == null
                            ? o
                            : Outcome.of(
                                    LAST,
                                    o.number(),
                                    new Rejection(o.name(), "its label " + unknown + " is not in " + list, true)));
        });
        return new Labelling(names, outcomes, found.source(), found.species(), found.order(), sets);
    }
}
