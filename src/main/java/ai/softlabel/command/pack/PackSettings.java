package ai.softlabel.command.pack;

import ai.softlabel.data.LabelSource;

/**
 * The settings of {@code pack}, checked.
 *
 * @param data path of the pictures, or null for the built-in sample
 * @param labels where the labels come from
 * @param out directory for the packed set
 * @param perFile pictures of a file, about, at least 1
 */
public record PackSettings(String data, LabelSource labels, String out, int perFile) {
    /** Labels of the folder's layout. */
    public PackSettings(String data, String out, int perFile) {
        this(data, LabelSource.LAYOUT, out, perFile);
    }
}
