package ai.softlabel.cli;

import ai.softlabel.JobException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import scala.Function2;
import scala.jdk.javaapi.CollectionConverters;
import scopt.DefaultOParserSetup;
import scopt.OEffect;
import scopt.OParser;
import scopt.OParserBuilder;
import scopt.Read;
import scopt.Read$;

/**
 * Parses a command's arguments with scopt, against the command's options. Error messages are reworded to the project's
 * form. The words beside the options, of a command that takes them, are the value of {@link #WORDS}.
 */
final class Arguments {
    /** The key of the words beside the options; no option has this name. They are separated by NUL. */
    static final String WORDS = "";

    private Arguments() {}

    /** The options given, by name; a flag's value is "true". */
    static Map<String, String> parse(Command command, List<String> arguments) {
        if (command.words() == null) {
            return options(command, arguments);
        }
        List<String> words = new ArrayList<>();
        List<String> others = new ArrayList<>();
        split(command, arguments, words, others);
        Map<String, String> all = new HashMap<>(options(command, others));
        all.put(WORDS, String.join("\0", words));
        return all;
    }

    /**
     * Tells the words from the options and their values, and gives an option without its optional value the value 0.
     */
    private static void split(Command command, List<String> arguments, List<String> words, List<String> others) {
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (!word.startsWith("-")) {
                words.add(word);
                continue;
            }
            others.add(word);
            String next = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
            Option option = option(command, word);
            if (option == null || option.flag()) {
                continue;
            }
            if (!option.optional() || next.matches("\\d+")) {
                if (i + 1 < arguments.size()) {
                    others.add(next);
                }
                i++;
            } else {
                others.add("0");
            }
        }
    }

    private static Option option(Command command, String word) {
        return command.options().stream()
                .filter(o -> word.equals("--" + o.name()))
                .findFirst()
                .orElse(null);
    }

    /** scopt calls an option that is given again unknown. */
    private static void requireOnce(Command command, List<String> arguments) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < arguments.size(); i++) {
            String[] given = arguments.get(i).split("=", 2);
            Option option = option(command, given[0]);
            if (option == null) {
                continue;
            }
            if (!seen.add(option.name())) {
                throw JobException.options("expected --%s once, found it again; leave one out", option.name());
            }
            // What follows is its value.
            i += option.flag() || given.length > 1 ? 0 : 1;
        }
    }

    private static Map<String, String> options(Command command, List<String> arguments) {
        requireOnce(command, arguments);
        OParserBuilder<Map<String, String>> builder = OParser.builder();
        List<OParser<?, Map<String, String>>> parsers = new ArrayList<>();
        for (Option o : command.options()) {
            Function2<Object, Map<String, String>, Map<String, String>> put = (value, all) -> {
                Map<String, String> next = new HashMap<>(all);
                next.put(o.name(), o.flag() ? "true" : value.toString());
                return next;
            };
            parsers.add(
                    o.flag()
                            ? builder.opt(o.name(), flag()).action(put)
                            : builder.opt(o.name(), text()).action(put));
        }
        OParser<?, Map<String, String>> parser = OParser.sequence(
                parsers.get(0),
                CollectionConverters.asScala(parsers.subList(1, parsers.size())).toSeq());
        var result = OParser.runParser(
                parser, CollectionConverters.asScala(arguments).toSeq(), Map.of(), new DefaultOParserSetup() {});
        for (OEffect effect : CollectionConverters.asJava(result._2())) {
            if (effect instanceof OEffect.ReportError e) {
                throw JobException.options(
                        "expected the options of softlabel %s, found: %s; see softlabel %s --help",
                        command.word(), decapitalized(e.msg()), command.word());
            }
        }
        return result._1().get();
    }

    @SuppressWarnings("unchecked")
    private static Read<Object> text() {
        return (Read<Object>) (Read<?>) Read$.MODULE$.stringRead();
    }

    @SuppressWarnings("unchecked")
    private static Read<Object> flag() {
        return (Read<Object>) (Read<?>) Read$.MODULE$.unitRead();
    }

    private static String decapitalized(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + text.substring(1);
    }
}
