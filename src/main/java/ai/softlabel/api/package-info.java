/**
 * The library's public door, beside the command line: a trained model as a {@link ai.softlabel.api.Classifier} in any
 * Java program, and a training on a DataFrame. It stands on the commands {@code train} and {@code predict} and the
 * rooms below them, and is used by {@code ml} only. Its public signatures show types of this package, of the JDK,
 * Hadoop and Spark; failures are {@link ai.softlabel.api.SoftlabelException}s in this package's words.
 */
package ai.softlabel.api;
