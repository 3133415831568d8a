package ai.softlabel.command.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;

/** The figure of the validation part whose least value chooses the epoch that is kept. */
public enum EpochChoice {
    /** NLL as trained: it asks for low error and for calibrated confidence at once. */
    NLL("nll"),
    /** NLL after the best temperature, see {@link ai.softlabel.calibrate.Refinement}. */
    NLL_AFTER_TEMPERATURE("nll-after-temperature");

    private final String word;

    EpochChoice(String word) {
        this.word = word;
    }

    /** The name on the command line and in reports. */
    public String word() {
        return word;
    }

    /** The names of all. */
    public static String[] words() {
        return Arrays.stream(values()).map(EpochChoice::word).toArray(String[]::new);
    }

    /** The one of a name, or null. */
    public static EpochChoice of(String word) {
        return Arrays.stream(values())
                .filter(c -> c.word.equals(word))
                .findFirst()
                .orElse(null);
    }

    /** The figure in an epoch's line of {@code epochs.jsonl}: missing where the line has none. */
    JsonNode figure(JsonNode line) {
        return line.at("/validation/" + word.replace('-', '_'));
    }
}
