/**
 * Scores pictures with a trained model on the executors, and evaluates predictions. It does not use {@code pipeline},
 * {@code report} or {@code command}.
 */
package ai.softlabel.score;
