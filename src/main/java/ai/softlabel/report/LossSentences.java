package ai.softlabel.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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
     * and every seed's has its sign.
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
                        "ECE lies between %s and %s before recalibration, and between %s and %s after it, where a perfectly calibrated model has up to %s.",
                        extreme(all, "ece", false),
                        extreme(all, "ece", true),
                        extreme(all, "ece_recalibrated", false),
                        extreme(all, "ece_recalibrated", true),
                        extreme(all, "ece_if_calibrated", true)),
                abstaining(base, first, all),
                String.format(
                        Locale.ROOT,
                        "%s Features are tightest with %s and least tight with %s.",
                        compared("The size of 95 % sets", "set_size", base, number(first, "set_size"), all),
                        extreme(all, "tightness", false),
                        extreme(all, "tightness", true)));
    }

    private static String abstaining(String base, JsonNode first, List<JsonNode> all) {
        List<String> above = new ArrayList<>();
        for (JsonNode row : all) {
            if (sign(row.at("/differences/aurc_p_norm_from_aurc")) > 0) {
                above.add(row.get("loss").asText());
            }
        }
        JsonNode best = all.stream()
                .min(Comparator.comparingDouble(r -> r.get("aurc_p_norm").asDouble()))
                .orElseThrow();
        return String.format(
                Locale.ROOT,
                "%s By the p-norm score AURC is least with %s (%s), and above that of %s by the largest probability %s.",
                compared("AURC by the largest probability", "aurc", base, number(first, "aurc"), all),
                best.get("loss").asText(),
                number(best, "aurc_p_norm"),
                base,
                above.isEmpty() ? "with none" : "with " + String.join(", ", above));
    }

    /** Which losses differ from the first one in a figure. */
    private static String compared(String name, String key, String base, String value, List<JsonNode> all) {
        List<String> lower = new ArrayList<>();
        List<String> higher = new ArrayList<>();
        for (JsonNode row : all) {
            JsonNode d = row.at("/differences/" + key);
            String text = String.format(
                    Locale.ROOT,
                    "%s (%+.4f)",
                    row.get("loss").asText(),
                    d.path("value").asDouble());
            if (sign(d) < 0) {
                lower.add(text);
            } else if (sign(d) > 0) {
                higher.add(text);
            }
        }
        return String.format(
                Locale.ROOT,
                "%s is %s with %s; it is lower with %s, higher with %s, and not clearly different, by its interval or by some seed, with the other %d.",
                name,
                value,
                base,
                lower.isEmpty() ? "none" : String.join(", ", lower),
                higher.isEmpty() ? "none" : String.join(", ", higher),
                all.size() - 1 - lower.size() - higher.size());
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
