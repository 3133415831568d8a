package ai.softlabel.command.pack;

/**
 * The settings of {@code pack}, checked.
 *
 * @param data path of the pictures, or null for the built-in sample
 * @param out directory for the packed set
 * @param perFile pictures of a file, about, at least 1
 */
public record PackSettings(String data, String out, int perFile) {}
