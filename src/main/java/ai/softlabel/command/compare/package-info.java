/**
 * {@code compare}: sets runs side by side, from their reports and epochs. It holds the command's settings and job. It
 * does not use {@code cli} or start Spark.
 */
package ai.softlabel.command.compare;
