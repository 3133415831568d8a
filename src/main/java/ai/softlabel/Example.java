package ai.softlabel;

import java.io.Serializable;

/**
 * A decoded picture with its label, as it lies in Spark's storage.
 *
 * @param name see {@link Picture#name}
 * @param label its class, from 0
 * @param rank see {@link Picture#rank}
 */
public record Example(String name, int label, int rank, Pixels pixels) implements Ranked, Serializable {}
