package ai.softlabel.data;

import ai.softlabel.Rejection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Labels pictures by their names: the class is the first group of a regular expression that is found in the file's name
 * (as by fastai's {@code from_name_re}), or in the path below the root where the expression has a slash.
 */
final class PatternLabels {
    private PatternLabels() {}

    /**
     * @param pictures all pictures that there are, in the parts that the folder itself puts them
     * @return the labelled pictures; the classes in the order of their names
     */
    static Labelling list(String pattern, Labelling pictures) {
        Pattern compiled = Pattern.compile(pattern);
        boolean path = pattern.contains("/");
        Bag<Outcome> outcomes = pictures.outcomes().each(o -> List.of(o.used() ? labelled(o, compiled, path) : o));
        return pictures.labelled(outcomes, null);
    }

    private static Outcome labelled(Outcome picture, Pattern pattern, boolean path) {
        String name = picture.name();
        Matcher m = pattern.matcher(path ? name : name.substring(name.lastIndexOf('/') + 1));
        String label = !m.find() || m.group(1) == null ? null : m.group(1).strip();
        if (label == null || label.isEmpty()) {
            String why = label == null ? "its name does not match the label pattern" : "its label is empty";
            return Outcome.of(1, picture.number(), new Rejection(name, why, true));
        }
        return picture.with(new PackedFile.Row(name, label, picture.row().part(), 1, null));
    }
}
