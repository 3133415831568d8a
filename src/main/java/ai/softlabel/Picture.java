package ai.softlabel;

import java.io.Serializable;

/**
 * An encoded picture: a file's bytes and what is known of it.
 *
 * @param name its path below the data's root, unique in the data
 * @param annotation labels, weight, group and part
 * @param rank its place in the order in which its part was spread over the replicas, from 0
 * @param bytes the file's content, or null before it was read
 */
public record Picture(String name, Annotation annotation, int rank, byte[] bytes) implements Ranked, Serializable {}
