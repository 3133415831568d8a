package ai.softlabel.network;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Safetensors files: eight bytes with the header's length, little-endian; the header, JSON that gives each tensor's
 * type, shape and range of bytes; then the bytes. Read: F32, F16 and BF16 as float, other types by their bytes only.
 * Written: F32 and I64. A file that breaks the format is a {@link JobException} that names the tensor; nothing is
 * allocated from a length that was not checked against the file.
 */
public final class Safetensors {
    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final int MAX_HEADER = 100_000_000;
    private static final int LONGEST_SHOWN = 200;

    private final String source;
    private final ByteBuffer data;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private record Entry(String type, long[] shape, int begin, int end) {}

    /** The types that are read as float, and others the format knows, with their bytes per value. */
    private static final Map<String, Integer> BYTES = Map.ofEntries(
            Map.entry("F32", 4),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("F64", 8),
            Map.entry("I64", 8),
            Map.entry("I32", 4),
            Map.entry("I16", 2),
            Map.entry("I8", 1),
            Map.entry("U64", 8),
            Map.entry("U32", 4),
            Map.entry("U16", 2),
            Map.entry("U8", 1),
            Map.entry("BOOL", 1));

    private Safetensors(String source, ByteBuffer data) {
        this.source = source;
        this.data = data;
    }

    /**
     * Reads a whole file.
     *
     * @param source its name, for messages
     */
    public static Safetensors read(String source, byte[] file) {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < 8) {
            throw broken(source, "at least 8 bytes", file.length + " bytes");
        }
        long length = buffer.getLong(0);
        if (length < 2 || length > MAX_HEADER || length > file.length - 8) {
            throw broken(
                    source,
                    "a header of 2 to " + Math.min(MAX_HEADER, file.length - 8) + " bytes",
                    "a length of " + length);
        }
        JsonNode header;
        try {
            header = JSON.readTree(new String(file, 8, (int) length, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw broken(source, "a JSON header with each name once", Plain.reason(e.getMessage()));
        }
        if (!(header instanceof ObjectNode object)) {
            throw broken(
                    source, "a JSON object as its header", header.getNodeType().toString());
        }
        int begin = 8 + (int) length;
        Safetensors tensors =
                new Safetensors(source, buffer.slice(begin, file.length - begin).order(ByteOrder.LITTLE_ENDIAN));
        object.properties().forEach(f -> tensors.add(f.getKey(), f.getValue()));
        tensors.checkRanges();
        return tensors;
    }

    private void add(String name, JsonNode node) {
        if (name.equals("__metadata__")) {
            node.properties().forEach(f -> metadata.put(f.getKey(), f.getValue().asText()));
            return;
        }
        JsonNode shape = node.path("shape");
        JsonNode range = node.path("data_offsets");
        if (!node.path("dtype").isTextual() || !shape.isArray() || !range.isArray() || range.size() != 2) {
            throw broken(source, "dtype, shape and data_offsets for tensor " + name, node.toString());
        }
        String type = node.get("dtype").asText();
        if (!BYTES.containsKey(type)) {
            throw broken(
                    source,
                    "one of the types " + BYTES.keySet().stream().sorted().toList() + " for tensor " + name,
                    type);
        }
        long[] dimensions = new long[shape.size()];
        long size = BYTES.get(type);
        for (int i = 0; i < dimensions.length; i++) {
            JsonNode n = shape.get(i);
            dimensions[i] = n.isIntegralNumber() && n.canConvertToLong() ? n.asLong() : -1;
            if (dimensions[i] < 0 || dimensions[i] > Integer.MAX_VALUE) {
                throw broken(source, "dimensions of at least 0 for tensor " + name, shape.toString());
            }
            size = Math.min(size * dimensions[i], 1L << 32);
        }
        long begin = range.get(0).canConvertToLong() ? range.get(0).asLong(-1) : -1;
        long end = range.get(1).canConvertToLong() ? range.get(1).asLong(-1) : -1;
        if (begin < 0 || end < begin || end > data.limit() || end - begin != size) {
            throw broken(
                    source, size + " bytes within " + data.limit() + " for tensor " + name, "data_offsets " + range);
        }
        entries.put(name, new Entry(type, dimensions, (int) begin, (int) end));
    }

    private void checkRanges() {
        List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
        sorted.sort(Comparator.comparingInt(
                        (Map.Entry<String, Entry> e) -> e.getValue().begin())
                .thenComparingInt(e -> e.getValue().end()));
        int at = 0;
        for (Map.Entry<String, Entry> e : sorted) {
            if (e.getValue().begin() != at) {
                String what = e.getValue().begin() < at ? "overlaps the tensor before it" : "leaves a gap";
                throw broken(
                        source,
                        "tensor " + e.getKey() + " to begin at " + at,
                        "it begins at " + e.getValue().begin() + " and " + what);
            }
            at = e.getValue().end();
        }
        if (at != data.limit()) {
            throw broken(source, "tensors that cover all of its " + data.limit() + " bytes", "only " + at + " covered");
        }
    }

    private static JobException broken(String source, String expected, String found) {
        return JobException.input(
                "%s is not a whole safetensors file: expected %s, found %s; get the file again",
                source, shown(expected), shown(found));
    }

    /** A header may hold a megabyte where a number is expected. */
    private static String shown(String text) {
        return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
    }

    /** The same tensors with a prefix left out of the names that have it. */
    Safetensors without(String prefix) {
        if (prefix.isEmpty()) {
            return this;
        }
        Safetensors out = new Safetensors(source, data);
        entries.forEach(
                (name, e) -> out.entries.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, e));
        out.metadata.putAll(metadata);
        return out;
    }

    /** The names of the tensors, in the header's order. */
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /** The header's free-form metadata. */
    public Map<String, String> metadata() {
        return Map.copyOf(metadata);
    }

    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /** A tensor's shape. */
    public int[] shape(String name) {
        long[] shape = entry(name).shape();
        int[] out = new int[shape.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (int) shape[i];
        }
        return out;
    }

    /** Copies a tensor of F32, F16 or BF16 into {@code to} from {@code at} on, and returns the number of values. */
    public int floats(String name, float[] to, int at) {
        Entry e = entry(name);
        Integer bytes = BYTES.get(e.type());
        int n = (e.end() - e.begin()) / bytes;
        for (int i = 0; i < n; i++) {
            to[at + i] = switch (e.type()) {
                case "F32" -> data.getFloat(e.begin() + 4 * i);
                case "F16" -> Half.toFloat(data.getShort(e.begin() + 2 * i));
                case "BF16" -> Float.intBitsToFloat(data.getShort(e.begin() + 2 * i) << 16);
                default -> throw broken(source, "F32, F16 or BF16 for tensor " + name, e.type());
            };
        }
        return n;
    }

    private Entry entry(String name) {
        Entry e = entries.get(name);
        if (e == null) {
            throw JobException.input(
                    "expected tensor %s in %s, found none of that name; use a file with torchvision's names",
                    name, source);
        }
        return e;
    }

    /**
     * A tensor to be written: floats {@code values[from..from+size)} of the given shape, or, where {@code values} is
     * null, one I64.
     */
    public record Tensor(String name, int[] shape, float[] values, int from, long number) {
        public static Tensor floats(String name, int[] shape, float[] values, int from) {
            return new Tensor(name, shape, values, from, 0);
        }

        public static Tensor integer(String name, long number) {
            return new Tensor(name, new int[] {}, null, 0, number);
        }

        long bytes() {
            long n = values == null ? 8 : 4;
            for (int s : shape) {
                n *= s;
            }
            return n;
        }
    }

    /** Writes tensors in the given order. */
    public static void write(OutputStream out, List<Tensor> tensors, Map<String, String> metadata) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode meta = header.putObject("__metadata__");
            metadata.forEach(meta::put);
        }
        long at = 0;
        for (Tensor t : tensors) {
            ObjectNode node = header.putObject(t.name());
            node.put("dtype", t.values() == null ? "I64" : "F32");
            for (int s : t.shape()) {
                node.withArray("shape").add(s);
            }
            node.withArray("shape");
            node.withArray("data_offsets").add(at).add(at + t.bytes());
            at += t.bytes();
        }
        StringBuilder json = new StringBuilder(JSON.writeValueAsString(header));
        while (json.toString().getBytes(StandardCharsets.UTF_8).length % 8 != 0) {
            json.append(' ');
        }
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        out.write(little(8).putLong(bytes.length).array());
        out.write(bytes);
        for (Tensor t : tensors) {
            out.write(payload(t));
        }
    }

    private static byte[] payload(Tensor t) {
        ByteBuffer buffer = little((int) t.bytes());
        if (t.values() == null) {
            return buffer.putLong(t.number()).array();
        }
        buffer.asFloatBuffer().put(t.values(), t.from(), (int) (t.bytes() / 4));
        return buffer.array();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
