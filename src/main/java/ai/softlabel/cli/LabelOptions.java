package ai.softlabel.cli;

import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Split;
import ai.softlabel.pipeline.Balancing;
import java.util.List;
import java.util.Map;

/** The options that say where labels come from and how pictures are split. */
final class LabelOptions {
    static final Option SPLIT = new Option("split", "S", null, "official or WAY:FRACTION (default: the data's own)");

    static final List<Option> LABELS = List.of(
                    new Option("labels", "FILE", null, "labels from a CSV or Parquet file"),
                    new Option("columns", "C=NAME,..", null, "its columns path, label, split, weight, group"),
                    new Option("table", "NAME", null, "labels from a table of Spark SQL"),
                    new Option(
                            "label-pattern", "RE", null, "labels from names: the first group of a regular expression"),
                    new Option("classes", "FILE", null, "text file with the classes in their order"))
            .stream()
            .map(Option::asBrief)
            .toList();

    static final Option SEPARATOR =
            new Option("label-separator", "S", null, "several labels a picture, with S between them").asBrief();

    static final List<Option> BALANCING = List.of(
            new Option("class-weights", "W", null, "weights in the loss: balanced or a file").asBrief(),
            new Option("sampler", "NAME", null, "balanced: the classes take turns in the batches").asBrief());

    private LabelOptions() {}

    static Balancing balancing(Values v) {
        // Commands without these options have no value either.
        boolean sampled = v.text("sampler") != null
                && v.oneOf("sampler", "balanced", "none").equals("balanced");
        String weights = v.text("class-weights");
        return new Balancing("none".equals(weights) ? null : weights, sampled);
    }

    /** Whether a picture may have several labels. */
    static boolean several(Values v) {
        return v.text("label-separator") != null;
    }

    static LabelSource read(Values v) {
        return new LabelSource(
                v.text("labels"),
                v.text("table"),
                v.text("columns") == null ? Map.of() : LabelSource.columns(v.text("columns")),
                v.text("label-pattern"),
                v.text("classes"),
                v.text("label-separator"));
    }

    /** The share that is drawn for testing; 0 for the data's own lists, null where none is given. */
    static Double split(Values v) {
        String text = v.text("split");
        if (text == null) {
            return null;
        }
        Double share = Split.share(text);
        if (share == null) {
            throw v.wrong("split", "official or one of " + Split.Way.names() + " with a fraction in (0, 1)");
        }
        return share;
    }

    /** The training pictures held out. */
    static HeldOut heldOut(Values v) {
        HeldOut of = HeldOut.parse(v.needed("validation"));
        if (of == null) {
            throw v.wrong("validation", "a number in [0, 1), or neighbours: and one");
        }
        return of;
    }

    static Split.Way way(Values v) {
        return Split.way(v.text("split") == null ? "" : v.text("split"));
    }
}
