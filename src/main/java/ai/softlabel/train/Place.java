package ai.softlabel.train;

import java.io.Serializable;

/**
 * A place in an order of items.
 *
 * @param window the window of {@link BlockItems} that the next item is of, from 0; 0 where all items are in memory
 * @param taken how many items of it were taken
 */
record Place(int window, int taken) implements Serializable {
    static final Place START = new Place(0, 0);
}
