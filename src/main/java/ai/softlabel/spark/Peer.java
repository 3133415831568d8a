package ai.softlabel.spark;

import java.io.Serializable;

/**
 * An executor, as its peers reach it.
 *
 * @param executor Spark's id of it
 * @param host its host name or address
 * @param port its block transfer port
 */
public record Peer(String executor, String host, int port) implements Serializable {}
