/**
 * From files to decoded pictures in Spark's storage: layouts, splits, decoding, resizing, crops. It knows nothing of
 * models and training.
 */
package ai.softlabel.data;
