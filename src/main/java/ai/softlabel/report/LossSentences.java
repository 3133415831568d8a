package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What a study of losses found, in five sentences that are made of its table. */
final class LossSentences {
    private LossSentences() {}

    /** The rows that stand for their loss, the first one among them: of a swept loss the chosen strength. */
    static List<JsonNode> chosen(JsonNode table) {
        return StreamSupport.stream(table.spliterator(), false)
                .filter(r -> r.path("chosen").asBoolean(true))
                .toList();
    }

    /**
     * The sentences, on each loss at its chosen strength; a difference counts where its 95 % interval does not hold 0
     * and every seed's has its sign. In brackets are the difference and that interval.
     */
    static List<String> of(JsonNode table) {
        JsonNode first = table.get(0);
        List<JsonNode> all = chosen(table);
        String base = first.get("loss").asText();
        return List.of(
                compared("Error", "error", base, number(first, "error"), all),
                compared("Recalibrated NLL", "nll_recalibrated", base, number(first, "nll_recalibrated"), all),
                String.format(
                        Locale.ROOT,
                        "ECE lies between %s and %s before recalibration, and between %s and %s after it, where a perfectly calibrated model has up to %s; recalibrated, %s.",
                        extreme(all, "ece", false),
                        extreme(all, "ece", true),
                        extreme(all, "ece_recalibrated", false),
                        extreme(all, "ece_recalibrated", true),
                        extreme(all, "ece_if_calibrated", true),
                        sides("ece_recalibrated", base, all)),
                abstaining(base, first, all),
                String.format(
                        Locale.ROOT,
                        "%s Features are tightest with %s and least tight with %s.%s",
                        compared("The size of 95 % sets", "set_size", base, number(first, "set_size"), all),
                        extreme(all, "tightness", false),
                        extreme(all, "tightness", true),
                        first.has("transfer")
                                ? " " + compared("Error by transfer", "transfer", base, number(first, "transfer"), all)
                                : ""));
    }

    private static String abstaining(String base, JsonNode first, List<JsonNode> all) {
        JsonNode best = all.stream()
                .min(Comparator.comparingDouble(r -> r.get("aurc_p_norm").asDouble()))
                .orElseThrow();
        List<JsonNode> above = all.stream()
                .filter(r -> sign(r.at("/differences/aurc_p_norm_from_aurc")) > 0)
                .toList();
        return String.format(
                Locale.ROOT,
                "%s By the p-norm score AURC is least with %s (%s); against %s by the largest probability, %s.%s",
                compared("AURC by the largest probability", "aurc", base, number(first, "aurc"), all),
                best.get("loss").asText(),
                number(best, "aurc_p_norm"),
                base,
                sides("aurc_p_norm_from_aurc", base, all),
                above.isEmpty() ? "" : why(above));
    }

    /** Whether errors alone raise the AURC of losses. */
    private static String why(List<JsonNode> above) {
        String order = named("aurc_excess_p_norm_from_aurc_excess", 1, above);
        return " Where it is higher, the excess over the least AURC that their errors allow is "
                + (order.isEmpty()
                        ? "not clearly higher: they err more often, and nothing shows that they order their answers worse."
                        : "higher too with " + order + ": there the order of the answers is worse.");
    }

    /** Which losses differ from the first one in a figure. */
    private static String compared(String name, String key, String base, String value, List<JsonNode> all) {
        return String.format(Locale.ROOT, "%s is %s with %s; %s.", name, value, base, sides(key, base, all));
    }

    /** The losses whose difference in a figure counts, with its interval, and how many are left. */
    private static String sides(String key, String base, List<JsonNode> all) {
        // A loss differs from itself by nothing, but for its p-norm score from its largest probability.
        List<JsonNode> others = all.stream()
                .filter(r -> key.contains("_from_") || !r.get("loss").asText().equals(base))
                .toList();
        String lower = named(key, -1, others);
        String higher = named(key, 1, others);
        return String.format(
                Locale.ROOT,
                "it is lower with %s, higher with %s, and not clearly different, by its interval or by some seed, with the other %d",
                lower.isEmpty() ? "none" : lower,
                higher.isEmpty() ? "none" : higher,
                others.stream().filter(r -> sign(difference(r, key)) == 0).count());
    }

    private static String named(String key, int sign, List<JsonNode> rows) {
        return rows.stream()
                .filter(r -> sign(difference(r, key)) == sign)
                .map(r -> String.format(
                        Locale.ROOT,
                        "%s (%+.4f, %+.4f to %+.4f)",
                        r.get("loss").asText(),
                        difference(r, key).path("value").asDouble(),
                        difference(r, key).at("/interval/0").asDouble(),
                        difference(r, key).at("/interval/1").asDouble()))
                .collect(Collectors.joining(", "));
    }

    private static JsonNode difference(JsonNode row, String key) {
        return row.at("/differences/" + key);
    }

    /** 1 or -1 where a difference counts, else 0. */
    private static int sign(JsonNode d) {
        int sign = d.at("/interval/0").asDouble() > 0 ? 1 : d.at("/interval/1").asDouble() < 0 ? -1 : 0;
        for (JsonNode seed : d.path("by_seed")) {
            sign = seed.asDouble() * sign > 0 ? sign : 0;
        }
        return sign;
    }

    private static String extreme(List<JsonNode> all, String key, boolean largest) {
        Comparator<JsonNode> by = Comparator.comparingDouble(r -> r.get(key).asDouble());
        JsonNode row = all.stream().min(largest ? by.reversed() : by).orElseThrow();
        return number(row, key) + " (" + row.get("loss").asText() + ")";
    }

    private static String number(JsonNode row, String key) {
        return Html.number(row.get(key));
    }
}
