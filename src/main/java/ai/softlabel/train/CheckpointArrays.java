package ai.softlabel.train;

import ai.softlabel.JobException;
import ai.softlabel.Sha256;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Safetensors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The arrays of a checkpoint in parts of bounded size: {@code NAME.safetensors}, {@code NAME.2.safetensors} and so on.
 * A part has tensors that are arrays or slices of them, of type F32. What is written or read at a time is one part,
 * whatever the arrays' size. The index says of each part its SHA-256, and of the arrays how long they are; a checkpoint
 * of one part has {@code sha256} only, as all had before there were parts.
 *
 * @param directory of the checkpoints
 * @param most numbers of a part
 */
record CheckpointArrays(Directory directory, int most) {
    /** A part has at most 256 MiB. */
    static final int MOST = 1 << 26;

    static final String ENDING = ".safetensors";

    /** A range of an array. */
    private record Slice(String array, int from, int count) {}

    private static String part(String name, int number) {
        return number == 0 ? name + ENDING : name + "." + (number + 1) + ENDING;
    }

    /** Writes the arrays, and what {@link #read} needs to know into the index. */
    void write(String name, Map<String, float[]> arrays, ObjectNode index) throws IOException {
        List<List<Slice>> parts = parts(arrays);
        List<String> hashes = new ArrayList<>();
        for (int p = 0; p < parts.size(); p++) {
            List<Safetensors.Tensor> tensors = parts.get(p).stream()
                    .map(s -> Safetensors.Tensor.floats(
                            s.array(), new int[] {s.count()}, arrays.get(s.array()), s.from()))
                    .toList();
            hashes.add(write(directory, part(name, p), tensors));
        }
        index.put("sha256", hashes.get(0));
        if (parts.size() > 1) {
            ArrayNode all = index.putArray("parts");
            hashes.forEach(all::add);
            ObjectNode lengths = index.putObject("lengths");
            arrays.forEach((array, values) -> lengths.put(array, values.length));
        }
    }

    /** Writes a file, and tells its SHA-256. */
    static String write(Directory directory, String file, List<Safetensors.Tensor> tensors) throws IOException {
        MessageDigest digest = Sha256.digest();
        directory.write(file, out -> {
            digest.reset();
            OutputStream summed = new DigestOutputStream(out, digest);
            Safetensors.write(summed, tensors, Map.of());
            summed.flush();
        });
        return Sha256.end(digest);
    }

    private List<List<Slice>> parts(Map<String, float[]> arrays) {
        List<List<Slice>> parts = new ArrayList<>(List.of(new ArrayList<>()));
        int room = most;
        for (Map.Entry<String, float[]> array : arrays.entrySet()) {
            int length = array.getValue().length;
            int from = 0;
            do {
                if (room == 0) {
                    parts.add(new ArrayList<>());
                    room = most;
                }
                int count = Math.min(room, length - from);
                parts.get(parts.size() - 1).add(new Slice(array.getKey(), from, count));
                from += count;
                room -= count;
            } while (from < length);
        }
        return parts;
    }

    /**
     * Reads the arrays.
     *
     * @throws IOException where a part is not the one that the index names
     * @throws JobException where a part breaks its format
     */
    Map<String, float[]> read(String name, JsonNode index) throws IOException {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        if (!index.has("parts")) {
            Safetensors only = part(part(name, 0), index.path("sha256").asText());
            for (String array : only.names()) {
                arrays.put(array, new float[length(only, array)]);
                only.floats(array, arrays.get(array), 0);
            }
            return arrays;
        }
        Map<String, Integer> filled = new LinkedHashMap<>();
        JsonNode lengths = index.path("lengths");
        for (int p = 0; p < index.get("parts").size(); p++) {
            Safetensors part = part(part(name, p), index.get("parts").get(p).asText());
            for (String array : part.names()) {
                int at = filled.getOrDefault(array, 0);
                int whole = lengths.path(array).asInt(-1);
                if (whole - at < length(part, array)) {
                    throw new IOException("expected " + whole + " numbers of " + array + ", found more");
                }
                float[] to = arrays.computeIfAbsent(array, a -> new float[whole]);
                filled.put(array, at + part.floats(array, to, at));
            }
        }
        for (Map.Entry<String, float[]> array : arrays.entrySet()) {
            if (filled.get(array.getKey()) != array.getValue().length) {
                throw new IOException("expected " + array.getValue().length + " numbers of " + array.getKey()
                        + ", found " + filled.get(array.getKey()));
            }
        }
        return arrays;
    }

    private Safetensors part(String file, String hash) throws IOException {
        return part(directory, file, hash);
    }

    /** Reads a file. */
    static Safetensors part(Directory directory, String file, String hash) throws IOException {
        byte[] bytes = directory.read(file);
        if (!Sha256.of(bytes).equals(hash)) {
            throw new IOException("expected SHA-256 " + hash + " of " + file + ", found " + Sha256.of(bytes));
        }
        return Safetensors.read(directory.path(file), bytes);
    }

    private static int length(Safetensors tensors, String name) {
        int[] shape = tensors.shape(name);
        if (shape.length != 1) {
            throw JobException.input(
                    "expected %s to be one row of numbers, found %d dimensions; restore the file", name, shape.length);
        }
        return shape[0];
    }

    /** Deletes a checkpoint's parts. */
    void delete(String name) throws IOException {
        for (String file : directory.names()) {
            if (file.startsWith(name + ".") && file.endsWith(ENDING)) {
                directory.delete(file);
            }
        }
    }
}
