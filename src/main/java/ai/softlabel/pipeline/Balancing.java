package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.data.Listing;
import ai.softlabel.files.Directory;
import ai.softlabel.train.Balance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * How a training is to balance its classes.
 *
 * @param classWeights "balanced" for weights by the training pictures' counts, the path of a file of weights, or null
 *     for none
 * @param sampled whether the classes take turns
 */
public record Balancing(String classWeights, boolean sampled) {
    /** Not at all. */
    public static final Balancing NONE = new Balancing(null, false);

    /** The value of {@code classWeights} for weights by counts. */
    public static final String BALANCED = "balanced";

    /** @param counts training pictures by label */
    Balance of(Listing listing, Map<Integer, Long> counts, Configuration configuration) throws IOException {
        int classes = listing.classes().size();
        if (classWeights == null) {
            return new Balance(List.of(), sampled);
        }
        double[] weights;
        if (classWeights.equals(BALANCED)) {
            long[] of = new long[classes];
            counts.forEach((label, n) -> of[label] = n);
            weights = Balance.balanced(of);
        } else {
            weights = read(listing.classes(), configuration);
        }
        return new Balance(Arrays.stream(weights).boxed().toList(), sampled);
    }

    /** Lines of a class's name, a comma and its weight; a class that is not named weighs 1. */
    private double[] read(List<String> classes, Configuration configuration) throws IOException {
        Directory file = Directory.of("class-weights", classWeights, configuration);
        if (!file.has("")) {
            throw JobException.input(
                    "expected balanced or a file of lines CLASS,WEIGHT at --class-weights %s, found nothing; check the path",
                    classWeights);
        }
        double[] weights = new double[classes.size()];
        Arrays.fill(weights, 1);
        List<String> named = new ArrayList<>();
        for (String line : file.readText("").lines().filter(l -> !l.isBlank()).toList()) {
            int comma = line.lastIndexOf(',');
            String name = comma < 0 ? "" : unquoted(line.substring(0, comma).strip());
            if (named.isEmpty() && line.strip().equals("class,weight")) {
                named.add("");
                continue;
            }
            double weight = number(line.substring(comma + 1));
            int label = classes.indexOf(name);
            if (label < 0 || named.contains(name) || !(weight >= 0)) {
                throw JobException.input(
                        "expected lines CLASS,WEIGHT in --class-weights %s, each of the %d classes at most once, with a weight of at least 0, found \"%s\"; correct the file",
                        classWeights, classes.size(), line);
            }
            named.add(name);
            weights[label] = weight;
        }
        return weights;
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
    }

    private static double number(String text) {
        try {
            double value = Double.parseDouble(text.strip());
            return Double.isFinite(value) ? value : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
