package ai.softlabel.spark;

import java.io.Serializable;

/**
 * An executor, as its peers reach it.
 *
 * @param executor Spark's id of it
 * @param host its host name or address
 * @param port where its {@link Transport} listens; 0 in local mode
 */
public record Peer(String executor, String host, int port) implements Serializable {}
