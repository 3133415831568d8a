package ai.softlabel.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Draws from units that lie in order on executors, of each class or of all together: range by range, each going on from
 * those before it. The driver has a number for each class and each range.
 */
final class Draw {
    private final JavaRDD<Tuple2<Boolean, Unit>> drawn;

    /**
     * Where a unit comes in its stratum: by text, then by key.
     *
     * @param late whether it comes after others of the same text
     */
    record Place(int stratum, String text, boolean late, long key, Unit unit) implements Serializable {}

    /** How many pictures of a stratum were drawn; -1 where its run has ended. */
    private record State(int stratum, long have) implements Serializable {}

    /** How many pictures each stratum has. */
    private static final class Sizes implements Bag.Sum<Place, Sizes> {
        private static final long serialVersionUID = 1;

        private final Map<Integer, Long> sizes = new HashMap<>();

        @Override
        public void add(Place place) {
            sizes.merge(place.stratum(), (long) place.unit().size(), Long::sum);
        }

        @Override
        public void plus(Sizes other) {
            other.sizes.forEach((stratum, size) -> sizes.merge(stratum, size, Long::sum));
        }
    }

    /**
     * Draws.
     *
     * @param places in order, and so that those of a stratum come one after another
     * @param share of each stratum's pictures
     * @param run whether a stratum's draw ends at the first unit that is not drawn
     */
    Draw(JavaRDD<Place> places, double share, boolean run) {
        Map<Integer, Long> wanted = new HashMap<>();
        new TaskBag<>(places)
                .sum(Sizes::new)
                .sizes
                .forEach((stratum, size) -> wanted.put(stratum, Math.round(share * size)));
        List<State> before = new ArrayList<>();
        State state = new State(-1, 0);
        for (int range = 0; range < places.getNumPartitions(); range++) {
            before.add(state);
            State from = state;
            state = places.mapPartitions(
                            some -> List.of(end(some, from, wanted, run)).iterator())
                    .collectPartitions(new int[] {range})[0]
                    .get(0);
        }
        drawn = places.mapPartitionsWithIndex((p, some) -> new Pass(some, before.get(p), wanted, run), true);
    }

    private static State end(Iterator<Place> places, State from, Map<Integer, Long> wanted, boolean run) {
        Pass pass = new Pass(places, from, wanted, run);
        pass.forEachRemaining(unit -> {});
        return pass.state;
    }

    /** The pictures that are drawn, or the others. */
    JavaRDD<Outcome> pictures(boolean wanted) {
        return drawn.filter(t -> t._1() == wanted)
                .flatMap(t -> t._2().pictures().iterator());
    }

    private static final class Pass implements Iterator<Tuple2<Boolean, Unit>> {
        private final Iterator<Place> places;
        private final Map<Integer, Long> wanted;
        private final boolean run;
        private State state;

        Pass(Iterator<Place> places, State from, Map<Integer, Long> wanted, boolean run) {
            this.places = places;
            this.state = from;
            this.wanted = wanted;
            this.run = run;
        }

        @Override
        public boolean hasNext() {
            return places.hasNext();
        }

        @Override
        public Tuple2<Boolean, Unit> next() {
            Place place = places.next();
            long have = place.stratum() == state.stratum() ? state.have() : 0;
            int more = place.unit().size();
            boolean in = have >= 0 && Split.nearer(have, more, wanted.get(place.stratum()));
            state = new State(place.stratum(), in ? have + more : run ? -1 : have);
            return new Tuple2<>(in, place.unit());
        }
    }
}
