/**
 * Scores pictures with a trained model, on executors. It uses {@code network} and {@code data}; training and reports
 * use it.
 */
package ai.softlabel.score;
