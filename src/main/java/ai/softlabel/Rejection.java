package ai.softlabel;

import java.io.Serializable;

/**
 * A picture that is not used.
 *
 * @param path its path below the data's root
 * @param reason why, in words
 * @param counts whether it counts against the share of pictures that may be rejected; one that is in no list does not
 */
public record Rejection(String path, String reason, boolean counts) implements Serializable {}
