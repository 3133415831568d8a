package ai.softlabel.data;

import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import ai.softlabel.data.Draw.Place;
import ai.softlabel.data.Listing.Official;
import java.io.Serializable;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Which pictures are for what, on executors: the same parts as {@link Split#assign}'s. */
final class SpreadSplit {
    private final Split split;
    private final long seed;
    private final LabelledNames names;
    private final int ranges;
    private final Map<String, Integer> labels;

    SpreadSplit(Split split, long seed, LabelledNames names) {
        this(split, seed, names, LabelledNames.ranges(names.count()));
    }

    /** @param ranges into how many ranges the pictures are cut to be sorted, about */
    SpreadSplit(Split split, long seed, LabelledNames names, int ranges) {
        this.ranges = ranges;
        this.split = split;
        this.seed = seed;
        this.names = names;
        this.labels = ClassOrder.numbers(names.classes());
    }

    /** The pictures of each part, in no order. */
    Map<Part, JavaRDD<Outcome>> parts() {
        Map<Part, JavaRDD<Outcome>> parts = new EnumMap<>(Part.class);
        JavaRDD<Outcome> used = names.used();
        JavaRDD<Outcome> train;
        JavaRDD<Outcome> validation = null;
        if (split.share() > 0) {
            boolean stratified = split.way() == Split.Way.STRATIFIED;
            Drawn drawn = draw(used, split.share(), "split", stratified);
            parts.put(Part.TEST, drawn.in());
            train = drawn.out();
        } else {
            parts.put(Part.TEST, official(used, Official.TEST));
            validation = official(used, Official.VALIDATION);
            train = official(used, Official.TRAIN);
        }
        HeldOut held = split.validation();
        if (held.share() > 0) {
            Drawn drawn = held.neighbours() ? run(train) : draw(train, held.share(), "validation", true);
            validation = validation == null ? drawn.in() : validation.union(drawn.in());
            train = drawn.out();
        }
        parts.put(Part.TRAIN, train);
        parts.put(Part.VALIDATION, validation == null ? train.filter(o -> false) : validation);
        return parts;
    }

    /** The pictures that the data's own lists leave out. */
    JavaRDD<Rejection> leftOut() {
        boolean lists = split.share() == 0;
        return official(names.used(), Official.NONE).filter(o -> lists).map(o -> Split.leftOut(o.name()));
    }

    private static JavaRDD<Outcome> official(JavaRDD<Outcome> pictures, Official part) {
        String name = part.name();
        return pictures.filter(o -> o.row().part().equals(name));
    }

    private record Drawn(JavaRDD<Outcome> in, JavaRDD<Outcome> out) {
        Drawn(Draw draw) {
            this(draw.pictures(true), draw.pictures(false));
        }
    }

    private JavaRDD<Unit> units(JavaRDD<Outcome> pictures) {
        return Unit.of(pictures, labels, names.groups());
    }

    /** @param byClass whether the same share of each class is drawn, and not of all together */
    private Drawn draw(JavaRDD<Outcome> pictures, double share, String purpose, boolean byClass) {
        JavaRDD<Unit> units = units(pictures);
        long by = seed;
        if (split.hashed()) {
            JavaRDD<Unit> in = units.filter(u -> Split.below(Seeds.key(by, purpose, u.name()), share));
            JavaRDD<Unit> out = units.filter(u -> !Split.below(Seeds.key(by, purpose, u.name()), share));
            return new Drawn(in.flatMap(u -> u.pictures().iterator()), out.flatMap(u -> u.pictures()
                    .iterator()));
        }
        JavaRDD<Place> places =
                units.map(u -> new Place(byClass ? u.label() : 0, "", false, Seeds.key(by, purpose, u.name()), u));
        return new Drawn(new Draw(sorted(places, null), share, false));
    }

    /** Draws a run of a class's units in the order of their numbers, see {@link Split#assign}. */
    private Drawn run(JavaRDD<Outcome> train) {
        long by = seed;
        boolean keyed = split.share() > 0;
        // Units of one number come as the driver has them: as they were drawn before, or else as they are listed.
        JavaRDD<Place> numbered = units(train)
                .map(u -> new Place(
                        u.label(),
                        FoldCuts.natural(u.name()),
                        u.grouped(),
                        keyed && !u.grouped() ? Seeds.key(by, "split", u.name()) : 0,
                        u));
        JavaRDD<Tuple2<Place, Long>> indexed =
                sorted(numbered, keyed ? null : names.order()).zipWithIndex().map(t -> t);
        HashMap<Integer, Run> runs = new TaskBag<>(indexed).sum(Runs::new).runs;
        JavaRDD<Place> rotated = indexed.map(t -> {
            Unit u = t._1().unit();
            return new Place(u.label(), "", false, runs.get(u.label()).place(t._2(), by), u);
        });
        return new Drawn(new Draw(sorted(rotated, null), split.validation().share(), true));
    }

    /**
     * A class's units in the order of their numbers.
     *
     * @param start the index of the first among those of all classes
     * @param first its name
     */
    private record Run(long start, String first, long count) implements Serializable {
        Run plus(Run other) {
            Run before = start < other.start ? this : other;
            return new Run(before.start, before.first, count + other.count);
        }

        /** Where the unit of an index comes in the run, which begins where the seed says. */
        long place(long index, long seed) {
            return Math.floorMod(index - start - Math.floorMod(Seeds.key(seed, "validation", first), count), count);
        }
    }

    private static final class Runs implements Bag.Sum<Tuple2<Place, Long>, Runs> {
        private static final long serialVersionUID = 1;

        private final HashMap<Integer, Run> runs = new HashMap<>();

        @Override
        public void add(Tuple2<Place, Long> unit) {
            runs.merge(unit._1().stratum(), new Run(unit._2(), unit._1().unit().name(), 1), Run::plus);
        }

        @Override
        public void plus(Runs other) {
            other.runs.forEach((label, run) -> runs.merge(label, run, Run::plus));
        }
    }

    private JavaRDD<Place> sorted(JavaRDD<Place> places, Order listing) {
        return places.mapToPair(p -> new Tuple2<>(p, 0))
                .sortByKey(new InOrder(listing), true, ranges)
                .keys();
    }

    /**
     * The order of places.
     *
     * @param listing orders pictures of the same place; null where their names do
     */
    private record InOrder(Order listing) implements Comparator<Place>, Serializable {
        private static final Comparator<Place> FIRST = Comparator.comparingInt(Place::stratum)
                .thenComparing(Place::text)
                .thenComparing(Place::late)
                .thenComparingLong(Place::key);

        @Override
        public int compare(Place a, Place b) {
            int first = FIRST.compare(a, b);
            if (first != 0) {
                return first;
            }
            if (listing != null && !a.late()) {
                return listing.compare(
                        a.unit().pictures().get(0), b.unit().pictures().get(0));
            }
            int named = a.unit().name().compareTo(b.unit().name());
            return named != 0
                    ? named
                    : Boolean.compare(a.unit().grouped(), b.unit().grouped());
        }
    }
}
