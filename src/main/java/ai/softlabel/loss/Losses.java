package ai.softlabel.loss;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The known losses. A loss is one class and one line in this list; the tests hold each of the list to the contract. */
public final class Losses {
    private static final List<LossType> TYPES = List.of(
            LabelSmoothing.TYPE, //
            MaxSup.TYPE,
            OnlineLabelSmoothing.TYPE,
            MarginSmoothing.TYPE,
            FocalLoss.TYPE,
            BinaryCrossEntropy.TYPE);

    private Losses() {}

    /** All known losses, the default first. */
    public static List<LossType> types() {
        return TYPES;
    }

    /** Their names, the default first. */
    public static List<String> names() {
        return TYPES.stream().map(LossType::name).toList();
    }

    /**
     * The type of a name.
     *
     * @throws IllegalArgumentException where there is none
     */
    public static LossType type(String name) {
        return TYPES.stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected a loss of " + names() + ", found " + name + "; choose one of them"));
    }

    /**
     * A loss by name.
     *
     * @param parameters values by name; each that is left out has its default
     * @throws IllegalArgumentException where the name or a parameter is unknown, or a value is outside its range
     */
    public static Loss of(String name, Map<String, Double> parameters) {
        return type(name).of(parameters);
    }

    /**
     * The loss that trains on labels smoothed by ε.
     *
     * @param several whether pictures may have several labels: then binary cross-entropy, else label smoothing
     */
    public static Loss smoothed(double epsilon, boolean several) {
        return several ? new BinaryCrossEntropy(epsilon) : LabelSmoothing.of(epsilon);
    }

    /**
     * A loss as {@link #text} writes it: {@code max-sup}, or {@code max-sup:alpha=0.2} with parameters after a colon.
     *
     * @throws IllegalArgumentException where it can't be read, or as {@link #of(String, Map)}
     */
    public static Loss of(String text) {
        int colon = text.indexOf(':');
        return colon < 0 ? of(text, Map.of()) : of(text.substring(0, colon), parameters(text.substring(colon + 1)));
    }

    /** A loss's name and parameters, {@code max-sup:alpha=0.1}. */
    public static String text(Loss loss) {
        return loss.parameters().isEmpty()
                ? loss.name()
                : loss.parameters().entrySet().stream()
                        .map(p -> p.getKey() + "=" + p.getValue())
                        .collect(Collectors.joining(",", loss.name() + ":", ""));
    }

    /**
     * Parameters as they are typed, {@code a=1,b=2}.
     *
     * @throws IllegalArgumentException where the text is something else
     */
    public static Map<String, Double> parameters(String text) {
        Map<String, Double> out = new LinkedHashMap<>();
        for (String one : text.split(",", -1)) {
            String[] pair = one.split("=", -1);
            Double value = pair.length == 2 ? number(pair[1]) : null;
            if (value == null || pair[0].isBlank()) {
                throw new IllegalArgumentException("expected a loss's parameters as name=number,name=number, found "
                        + text + "; write for example alpha=0.1");
            }
            if (out.put(pair[0].strip(), value) != null) {
                throw new IllegalArgumentException("expected each of a loss's parameters once, found " + pair[0].strip()
                        + " twice in " + text + "; leave one out");
            }
        }
        return out;
    }

    private static Double number(String text) {
        try {
            return Double.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
