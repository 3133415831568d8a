/**
 * Corruptions of pictures, by which a model is measured under shift. It computes on pixels alone, and uses none of the
 * other packages but the data types of the root.
 */
package ai.softlabel.shift;
