package ai.softlabel.data;

import java.io.Serializable;
import java.util.List;
import java.util.function.Supplier;

/**
 * Things in no order. A layout says once what becomes of names, and does it to those that the driver has in memory
 * ({@link DriverBag}) as to those that lie on executors ({@link TaskBag}).
 */
interface Bag<T> {
    /** A function that can be sent to executors. */
    @FunctionalInterface
    interface Each<T, U> extends Serializable {
        U of(T one);
    }

    /** What becomes of all that have one key. */
    @FunctionalInterface
    interface Joined<A, B, U> extends Serializable {
        /** Either may be empty; in no order. */
        List<U> of(List<A> own, List<B> others);
    }

    /** What is learnt of many; the same whatever their order. */
    interface Sum<T, S> extends Serializable {
        void add(T one);

        void plus(S other);
    }

    /** Makes a sum of nothing. */
    @FunctionalInterface
    interface None<S> extends Supplier<S>, Serializable {}

    /** What a function makes of each, all together. */
    <U> Bag<U> each(Each<? super T, List<U>> function);

    /** What a function makes of these and others by a common key. */
    <B, U> Bag<U> joined(Each<T, String> key, Bag<B> others, Each<B, String> otherKey, Joined<T, B, U> function);

    /** These and others. */
    Bag<T> plus(Bag<T> others);

    <S extends Sum<? super T, S>> S sum(None<S> none);

    /** All of them on the driver, in no order. */
    List<T> toList();
}
