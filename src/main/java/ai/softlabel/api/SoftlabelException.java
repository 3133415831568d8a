package ai.softlabel.api;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * A failure that the caller can act on. Its message is one line: what was expected, what was found, what to do.
 * Settings are called as the methods and params that set them.
 */
public class SoftlabelException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final Pattern OPTION = Pattern.compile("--([a-z][a-z0-9]*(?:-[a-z0-9]+)*)");
    /** What the command line calls otherwise. */
    private static final Map<String, String> WORDS = Map.of(
            "give the --out of a finished train", "give the directory of a finished run",
            "at --model", "at",
            "below --data", "below",
            "at --weights", "at weights");

    public SoftlabelException(String message) {
        super(message);
    }

    public SoftlabelException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same failure in the words of this package. */
    public static SoftlabelException of(RuntimeException e) {
        return e instanceof SoftlabelException s ? s : new SoftlabelException(words(String.valueOf(e.getMessage())), e);
    }

    /** A message of the command line with the names of settings in place of options. */
    static String words(String message) {
        String text = message;
        for (Map.Entry<String, String> word : WORDS.entrySet()) {
            text = text.replace(word.getKey(), word.getValue());
        }
        return OPTION.matcher(text).replaceAll(m -> name(m.group(1)));
    }

    private static String name(String option) {
        if (option.equals("out")) {
            return "runDir";
        }
        StringBuilder name = new StringBuilder();
        for (String part : option.split("-")) {
            name.append(name.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return name.toString();
    }
}
