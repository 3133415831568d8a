package ai.softlabel.run;

import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON file of a run directory, read field by field. A field that is missing or out of range is an error of status 3.
 */
final class RunFile {
    private final String path;
    private final JsonNode node;

    private RunFile(String path, JsonNode node) {
        this.path = path;
        this.node = node;
    }

    /** @throws JobException of status 3 if the file can't be read or is not a JSON object */
    static RunFile read(Directory run, String name) {
        String path = run.path(name);
        try {
            JsonNode node = Json.parse(run.readText(name));
            if (!node.isObject()) {
                throw wrong(path, "a JSON object", node.getNodeType().toString().toLowerCase(java.util.Locale.ROOT));
            }
            return new RunFile(path, node);
        } catch (JsonProcessingException e) {
            throw wrong(path, "JSON written by softlabel", e.getOriginalMessage());
        } catch (IOException e) {
            throw JobException.input("expected to read %s, found %s; check the file", path, e.getMessage());
        }
    }

    private static JobException wrong(String path, String expected, Object found) {
        String text = String.valueOf(found);
        return JobException.input(
                "expected %s in %s, found %s; restore the file",
                expected, path, text.length() > 60 ? text.substring(0, 60) + "..." : text);
    }

    /** The error for one field. */
    JobException wrong(String name, String expected) {
        JsonNode found = node.path(name);
        return wrong(path, name + " to be " + expected, found.isMissingNode() ? "nothing" : found);
    }

    boolean has(String name) {
        return node.has(name);
    }

    RunFile child(String name) {
        if (!node.path(name).isObject()) {
            throw wrong(name, "a JSON object");
        }
        return new RunFile(path, node.get(name));
    }

    /** Objects; any count above 0 where {@code count} is negative. */
    List<RunFile> children(String name, int count) {
        JsonNode all = node.path(name);
        List<RunFile> out = new ArrayList<>();
        all.forEach(n -> out.add(new RunFile(path, n)));
        if (!all.isArray() || (count < 0 ? out.isEmpty() : out.size() != count)) {
            throw wrong(name, count < 0 ? "an array of at least 1" : "an array of " + count + ", one for each class");
        }
        return out;
    }

    String text(String name) {
        if (!node.path(name).isTextual()) {
            throw wrong(name, "a text");
        }
        return node.get(name).asText();
    }

    boolean flag(String name) {
        return node.path(name).asBoolean(false);
    }

    long whole(String name, long least, long most) {
        JsonNode n = node.path(name);
        if (!n.isIntegralNumber() || !n.canConvertToLong() || n.asLong() < least || n.asLong() > most) {
            throw wrong(name, "a whole number from " + least + " to " + most);
        }
        return n.asLong();
    }

    /** A number in [least, most). */
    double number(String name, double least, double most) {
        JsonNode n = node.path(name);
        if (!n.isNumber() || !(n.asDouble() >= least && n.asDouble() < most)) {
            throw wrong(name, "a number in [" + least + ", " + most + ")");
        }
        return n.asDouble();
    }

    /** Finite numbers; any count above 0 where {@code count} is 0. */
    double[] numbers(String name, int count) {
        JsonNode all = node.path(name);
        double[] out = new double[all.isArray() ? all.size() : 0];
        boolean good = all.isArray() && (count == 0 ? out.length > 0 : out.length == count);
        for (int i = 0; i < out.length; i++) {
            good &= all.get(i).isNumber();
            out[i] = all.get(i).asDouble();
            good &= Double.isFinite(out[i]);
        }
        if (!good) {
            throw wrong(name, count == 0 ? "an array of numbers" : "an array of " + count + " numbers");
        }
        return out;
    }

    /** So many whole numbers from 0. */
    int[] wholes(String name, int count, int most) {
        double[] numbers = numbers(name, count);
        int[] out = new int[count];
        for (int i = 0; i < count; i++) {
            out[i] = (int) numbers[i];
            if (out[i] != numbers[i] || out[i] < 0 || out[i] > most) {
                throw wrong(name, "whole numbers from 0 to " + most);
            }
        }
        return out;
    }

    /** Texts, at least one. */
    List<String> texts(String name) {
        JsonNode all = node.path(name);
        List<String> out = new ArrayList<>();
        all.forEach(n -> out.add(n.asText()));
        if (!all.isArray()
                || out.isEmpty()
                || !java.util.stream.StreamSupport.stream(all.spliterator(), false)
                        .allMatch(JsonNode::isTextual)) {
            throw wrong(name, "an array of texts");
        }
        return out;
    }
}
