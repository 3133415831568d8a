/**
 * The files of a run directory, which other programs may read: written by training, read to use a model. It draws no
 * pages, and uses Spark only to write and read tables.
 */
package ai.softlabel.run;
