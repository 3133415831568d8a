/**
 * Pictures in the rows of a DataFrame: what a column holds, and rows as a listing that training takes. It knows nothing
 * of models and training; {@code api} and {@code ml} use it.
 */
package ai.softlabel.rows;
