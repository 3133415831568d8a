package ai.softlabel.data;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** On executors. The driver has sums, and what it is asked for. */
record TaskBag<T>(JavaRDD<T> rdd) implements Bag<T> {
    @Override
    public <U> Bag<U> each(Each<? super T, List<U>> function) {
        return new TaskBag<>(rdd.flatMap(one -> function.of(one).iterator()));
    }

    @Override
    public <B, U> Bag<U> joined(
            Each<T, String> key, Bag<B> others, Each<B, String> otherKey, Joined<T, B, U> function) {
        JavaRDD<B> other = ((TaskBag<B>) others).rdd;
        return new TaskBag<>(rdd.mapToPair(one -> new Tuple2<>(key.of(one), one))
                .cogroup(other.mapToPair(one -> new Tuple2<>(otherKey.of(one), one)))
                .values()
                .flatMap(both -> function.of(list(both._1()), list(both._2())).iterator()));
    }

    private static <A> List<A> list(Iterable<A> some) {
        List<A> list = new ArrayList<>();
        some.forEach(list::add);
        return list;
    }

    @Override
    public Bag<T> plus(Bag<T> others) {
        return new TaskBag<>(rdd.union(((TaskBag<T>) others).rdd));
    }

    @Override
    public <S extends Sum<? super T, S>> S sum(None<S> none) {
        return rdd.mapPartitions(some -> {
                    S own = none.get();
                    some.forEachRemaining(own::add);
                    return List.of(own).iterator();
                })
                .treeReduce((a, b) -> {
                    a.plus(b);
                    return a;
                });
    }

    @Override
    public List<T> toList() {
        return rdd.collect();
    }
}
