package ai.softlabel.train;

import ai.softlabel.Sha256;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.Preprocessing;
import ai.softlabel.loss.LabelSmoothing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names what a training computes: its settings by name, with their values as text. Two runs of the same fingerprint
 * give the same weights; where two differ, {@link #differences} says in which settings.
 *
 * @param fields the settings' names and values, in a fixed order
 * @param former the hash that versions before 0.2 wrote for the same settings, or null where they had none
 */
public record Fingerprint(Map<String, String> fields, String former) {
    /** Counts up when a field changes its meaning, so that older checkpoints are not taken for new ones. */
    private static final String VERSION = "2";

    /** What {@link #later} may name; where it does not, the option has its default. */
    private static final Set<String> LATER =
            Set.of("head-weight-decay", "stage-lr-factor", "l2-sp", "decode", "store-size");

    private static final String DEFAULT = "default";

    public Fingerprint {
        fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * A training's.
     *
     * @param data a hash of the pictures
     * @param weights a hash of the pretrained weights, or "none"
     */
    public static Fingerprint of(Recipe recipe, String data, String weights, String former) {
        Map<String, String> f = new LinkedHashMap<>();
        f.put("version", VERSION);
        f.put("data", data);
        f.put("weights", weights);
        f.put("classes", text(recipe.classes()));
        f.put("replicas", text(recipe.replicas()));
        f.putAll(of(recipe.hyperparameters()));
        if (!recipe.balance().classWeights().isEmpty()) {
            f.put("class-weights", text(recipe.balance().classWeights()));
        }
        if (recipe.balance().sampled()) {
            f.put("sampler", "balanced");
        }
        return new Fingerprint(f, former);
    }

    /** The same with one more setting, which no version before 0.2 had. */
    public Fingerprint with(String name, String value) {
        Map<String, String> f = new LinkedHashMap<>(fields);
        f.put(name, value);
        return new Fingerprint(f, null);
    }

    /** The hyperparameters by the names of their options. */
    public static Map<String, String> of(Hyperparameters h) {
        Map<String, String> f = new LinkedHashMap<>();
        f.put("architecture", h.architecture());
        f.put("image-size", text(h.imageSize()));
        f.put("test-size", h.testSizes().text());
        f.put("batch-size", text(h.batchSize()));
        f.put("epochs", text(h.epochs()));
        f.put("frozen-epochs", text(h.frozenEpochs()));
        f.put("head-passes", text(h.headPasses()));
        f.put("freeze-norm", text(h.frozenNorm()));
        f.put("seed", text(h.seed()));
        f.put("loss", h.loss().name());
        if (h.loss() instanceof LabelSmoothing smoothing) {
            f.put("smoothing", text(smoothing.epsilon()));
        } else {
            h.loss().parameters().forEach((name, value) -> f.put(name, text(value)));
        }
        f.put(
                "normalization",
                h.normalization().mean() + " " + h.normalization().deviation());
        Augmentation a = h.augmentation();
        f.put("min-scale", text(a.minScale()));
        f.put("mixup", text(a.mixup()));
        f.put("cutmix", text(a.cutmix()));
        f.put("dropout", text(a.dropout()));
        f.put("views", text(a.views()));
        Optimization o = h.optimization();
        f.put("optimizer", o.optimizer());
        f.put("schedule", o.schedule());
        f.put("lr", text(o.rate()));
        f.put("frozen-lr", text(o.frozenRate()));
        f.put("early-lr-factor", text(o.earlyFactor()));
        f.put("head-lr-factor", text(o.headFactor()));
        f.put("momentum", text(o.momentum()));
        f.put("warm-up", text(o.warmUp()));
        f.put("weight-decay", text(o.weightDecay()));
        f.put("clip-norm", text(o.clipNorm()));
        f.put("average", text(o.average()));
        f.put("accumulate", text(o.accumulate()));
        f.put("exchange", text(o.exchange()));
        f.putAll(later(h));
        return f;
    }

    /**
     * The options that version 0.1 did not have, where they are not at their defaults; so a fingerprint of before stays
     * the same.
     */
    public static Map<String, String> later(Hyperparameters h) {
        Map<String, String> f = new LinkedHashMap<>();
        Optimization o = h.optimization();
        if (o.headDecay() != o.weightDecay()) {
            f.put("head-weight-decay", text(o.headDecay()));
        }
        if (o.stageFactor() != 1) {
            f.put("stage-lr-factor", text(o.stageFactor()));
        }
        if (o.l2sp()) {
            f.put("l2-sp", "true");
        }
        if (h.decoding() != Decoding.FULL) {
            f.put("decode", h.decoding().word());
        }
        if (h.storedSide() != Preprocessing.shortSide(h.testSize())) {
            f.put("store-size", text(h.storedSide()));
        }
        return f;
    }

    private static String text(Object value) {
        return value.toString();
    }

    /** SHA-256 over all names and values. */
    public String hash() {
        StringBuilder all = new StringBuilder();
        fields.forEach(
                (name, value) -> all.append(name).append('=').append(value).append('\n'));
        return Sha256.of(all.toString());
    }

    /** Where another's settings differ: {@code "smoothing 0.0 instead of 0.1"}; empty where they are the same. */
    public List<String> differences(Map<String, String> other) {
        return differences(fields, other);
    }

    /** Where {@code found} differs from {@code expected}, in words. */
    public static List<String> differences(Map<String, String> expected, Map<String, String> found) {
        List<String> out = new ArrayList<>();
        expected.forEach((name, value) -> {
            if (!value.equals(found.get(name))) {
                String other = found.getOrDefault(name, LATER.contains(name) ? DEFAULT : "null");
                out.add(name + " " + other + " instead of " + value);
            }
        });
        found.forEach((name, value) -> {
            if (!expected.containsKey(name)) {
                out.add(name + " " + value
                        + (LATER.contains(name) ? " instead of " + DEFAULT : ", which is not known here"));
            }
        });
        return out;
    }
}
