/**
 * A cost model of a training step on a number of executors, fitted to measurements. It uses commons-math, and nothing
 * of Spark, BigDL or other packages.
 */
package ai.softlabel.bench;
