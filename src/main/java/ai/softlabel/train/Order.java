package ai.softlabel.train;

/** A replica's items in an epoch's order; after the last one comes the first again. */
interface Order<T> extends AutoCloseable {
    T next();

    /** How many times the last item taken stood before that place in the order. */
    default int turn() {
        return 0;
    }

    /** Where the order stands after the last item taken: an order that starts from there goes on with the next one. */
    Place place();

    /** Ends the threads that read ahead. */
    @Override
    default void close() {}
}
