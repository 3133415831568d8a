/**
 * The run directory, a contract that other programs read: written by training, read again to use a model. It draws no
 * pages and starts no Spark job of its own but to write and read tables.
 */
package ai.softlabel.run;
