package ai.softlabel.score;

import ai.softlabel.Annotation;
import ai.softlabel.Ranked;
import java.io.Serializable;

/**
 * The body's features of one picture.
 *
 * @param annotation see {@link Ranked#annotation}
 * @param rank see {@link Ranked#rank}
 * @param views the features of each of its {@link Views}
 */
public record Features(String name, Annotation annotation, int rank, float[][] views) implements Ranked, Serializable {}
