package ai.softlabel.run;

import ai.softlabel.JobException;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Preparation;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Architectures;
import ai.softlabel.network.ResNet;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * {@code model.json}: what is needed besides the weights to use a model.
 *
 * @param architecture the network's name, see {@link Architectures}
 * @param sizes sides of the pictures for scoring, in pixels
 * @param flip whether scores are averaged over mirror images too
 * @param classes class names in the order of the labels
 * @param normalization normalisation of the pictures
 * @param decoding how files become pixels
 * @param split the run's split as on the command line; {@code validation} is the share held out, {@code seed} the seed
 *     of the split
 * @param listing a hash over the names and labels of the run's data
 * @param separator what stood between the classes of a picture, of a model of several labels; null where each picture
 *     has one
 */
public record ModelCard(
        String architecture,
        PictureSizes sizes,
        boolean flip,
        List<String> classes,
        Normalization normalization,
        Decoding decoding,
        String split,
        double validation,
        long seed,
        String listing,
        String separator) {
    /** Of a model of one label for each picture, scored at one size, with every pixel decoded. */
    public ModelCard(
            String architecture,
            int imageSize,
            boolean flip,
            List<String> classes,
            Normalization normalization,
            String split,
            double validation,
            long seed,
            String listing) {
        this(
                architecture,
                PictureSizes.of(imageSize),
                flip,
                classes,
                normalization,
                Decoding.FULL,
                split,
                validation,
                seed,
                listing,
                null);
    }

    /** The largest size: pictures are decoded for it. */
    public int imageSize() {
        return sizes.largest();
    }

    /** What pictures are made by before they are scored. */
    public Preparation preparation() {
        return new Preparation(imageSize(), decoding);
    }

    /** Whether a picture may have several classes, or none. */
    public boolean several() {
        return separator != null;
    }

    public static final String FILE = "model.json";

    private static final String DECODE = "decode";
    private static final int MOST_PIXELS = 4096;

    /**
     * The schema of a model of several labels. Version 0.1 reads no schema, and would take such a model for one of one
     * label: the classes' names have another key there, without which it refuses the model.
     */
    private static final int SEVERAL = 2;

    private static final String CLASSES = "classes";
    private static final String LABELS = "labels";
    private static final String SEPARATOR = "label_separator";

    /** The file with the weights, in the same directory. */
    public static final String WEIGHTS = "model.safetensors";

    /** Writes an architecture's name and, for programs that expect it, the depth of a ResNet. */
    public static ObjectNode architecture(ObjectNode n, String name) {
        n.put("architecture", name);
        ResNet.DEPTHS.stream().filter(d -> name.equals("resnet" + d)).forEach(d -> n.put("depth", d));
        return n;
    }

    public void write(Directory run) throws IOException {
        ObjectNode n = architecture(Json.object().put("schema", several() ? SEVERAL : 1), architecture)
                .put("image_size", imageSize())
                .put("test_flip", flip);
        if (sizes.several()) {
            sizes.all().forEach(n.putArray("test_sizes")::add);
        }
        classes.forEach(n.putArray(several() ? LABELS : CLASSES)::add);
        normalization.mean().forEach(n.putArray("mean")::add);
        normalization.deviation().forEach(n.putArray("deviation")::add);
        if (decoding != Decoding.FULL) {
            // One that every version reads has none.
            n.put(DECODE, decoding.word());
        }
        n.putObject("data")
                .put("split", split)
                .put("validation", validation)
                .put("seed", seed)
                .put("listing", listing);
        if (several()) {
            n.put(SEPARATOR, separator);
        }
        run.writeText(FILE, Json.pretty(n));
    }

    /** Reads the model card of a run. */
    public static ModelCard read(Directory run) {
        if (!run.has(FILE) || !run.has(WEIGHTS)) {
            throw JobException.input(
                    "expected a finished run with %s and %s at --model %s, found neither or one; give the --out of a finished train",
                    FILE, WEIGHTS, run);
        }
        RunFile f = RunFile.read(run, FILE);
        long schema = f.has("schema") ? f.whole("schema", 1, Integer.MAX_VALUE) : 1;
        if (schema > SEVERAL) {
            throw JobException.input(
                    "expected %s of schema 1 or %d in %s, found %d; use the version of softlabel that wrote it",
                    FILE, SEVERAL, run, schema);
        }
        RunFile data = f.child("data");
        return new ModelCard(
                architecture(f),
                sizes(f),
                f.flag("test_flip"),
                classes(f, schema == SEVERAL ? LABELS : CLASSES),
                new Normalization(list(f.numbers("mean", 3)), deviations(f)),
                decoding(f),
                data.text("split"),
                data.number("validation", 0, 1),
                data.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                data.text("listing"),
                schema == SEVERAL || f.has(SEPARATOR) ? f.text(SEPARATOR) : null);
    }

    private static String architecture(RunFile f) {
        String name = f.text("architecture");
        if (!Architectures.names().contains(name)) {
            throw f.wrong("architecture", "one of " + String.join(", ", Architectures.names()));
        }
        return name;
    }

    private static PictureSizes sizes(RunFile f) {
        int largest = (int) f.whole("image_size", 1, MOST_PIXELS);
        if (!f.has("test_sizes")) {
            return PictureSizes.of(largest);
        }
        double[] found = f.numbers("test_sizes", 0);
        boolean good = found[0] == largest;
        for (int i = 0; i < found.length; i++) {
            good &= found[i] >= 1 && found[i] == (int) found[i] && (i == 0 || found[i] < found[i - 1]);
        }
        if (!good) {
            throw f.wrong("test_sizes", "different whole numbers, the largest first and equal to image_size");
        }
        return PictureSizes.of(Arrays.stream(found).mapToInt(d -> (int) d).toArray());
    }

    private static Decoding decoding(RunFile f) {
        String found = f.has(DECODE) ? f.text(DECODE) : Decoding.FULL.word();
        if (!Decoding.WORDS.contains(found)) {
            throw f.wrong(DECODE, "one of " + String.join(", ", Decoding.WORDS));
        }
        return Decoding.of(found);
    }

    private static List<String> classes(RunFile f, String key) {
        List<String> found = f.texts(key);
        if (found.stream().distinct().count() < found.size()) {
            throw f.wrong(key, "different names");
        }
        return found;
    }

    private static List<Double> deviations(RunFile f) {
        double[] found = f.numbers("deviation", 3);
        if (Arrays.stream(found).anyMatch(d -> d <= 0)) {
            throw f.wrong("deviation", "three numbers above 0");
        }
        return list(found);
    }

    private static List<Double> list(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
