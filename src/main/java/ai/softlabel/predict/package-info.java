/**
 * Scores pictures with a trained model, on executors. It uses {@code model} and {@code data}; training and reports use
 * it.
 */
package ai.softlabel.predict;
