/**
 * Error and calibration, each a pure function of a mergeable summary: update, merge, result. It knows nothing of Spark,
 * models and files.
 */
package ai.softlabel.metrics;
