/**
 * From files to decoded pictures in Spark's storage: layouts, splits, reading, decoding, resizing, crops. Every file
 * that would be a picture is used, has a {@link ai.softlabel.Rejection}, or ends the job with a line; its memory and
 * time are bounded by its header. It knows nothing of models and training.
 */
package ai.softlabel.data;
