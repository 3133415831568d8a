package ai.softlabel.rows;

/**
 * The columns of a labelled DataFrame.
 *
 * @param features pictures, see {@link PictureColumn}
 * @param label classes: texts, or whole numbers from 0
 * @param weight weights in the loss, or null
 * @param validation whether a row is for validation (boolean), or null
 * @param name names that are unique, or null
 */
public record RowColumns(String features, String label, String weight, String validation, String name) {}
