package ai.softlabel.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** In the driver's memory. */
record DriverBag<T>(List<T> all) implements Bag<T> {
    @Override
    public <U> Bag<U> each(Each<? super T, List<U>> function) {
        List<U> made = new ArrayList<>();
        all.forEach(one -> made.addAll(function.of(one)));
        return new DriverBag<>(made);
    }

    @Override
    public <B, U> Bag<U> joined(
            Each<T, String> key, Bag<B> others, Each<B, String> otherKey, Joined<T, B, U> function) {
        record Group<A, C>(List<A> own, List<C> others) {
            Group() {
                this(new ArrayList<>(1), new ArrayList<>(1));
            }
        }
        Map<String, Group<T, B>> groups = new LinkedHashMap<>();
        all.forEach(one ->
                groups.computeIfAbsent(key.of(one), k -> new Group<>()).own().add(one));
        others.toList().forEach(one -> groups.computeIfAbsent(otherKey.of(one), k -> new Group<>())
                .others()
                .add(one));
        List<U> made = new ArrayList<>();
        groups.values().forEach(g -> made.addAll(function.of(g.own(), g.others())));
        return new DriverBag<>(made);
    }

    @Override
    public Bag<T> plus(Bag<T> others) {
        List<T> both = new ArrayList<>(all);
        both.addAll(others.toList());
        return new DriverBag<>(both);
    }

    @Override
    public <S extends Sum<? super T, S>> S sum(None<S> none) {
        S sum = none.get();
        all.forEach(sum::add);
        return sum;
    }

    @Override
    public List<T> toList() {
        return all;
    }
}
