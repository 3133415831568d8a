/**
 * The types that all packages share: a picture's labels and metadata ({@link ai.softlabel.Annotation}), an encoded
 * {@link ai.softlabel.Picture}, a decoded {@link ai.softlabel.Pixels}, a {@link ai.softlabel.Rejection}, and how a job
 * ends ({@link ai.softlabel.ExitStatus}, {@link ai.softlabel.JobException}). It depends on nothing but the JDK.
 */
package ai.softlabel;
