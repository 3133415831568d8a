/**
 * What a step costs on so many executors: a model fitted to measurements. It knows numbers only (and commons-math), and
 * may touch nothing of Spark, BigDL or the other rooms.
 */
package ai.softlabel.bench;
