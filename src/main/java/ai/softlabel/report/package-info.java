/**
 * Pages, tables and charts from results that are already computed: the report of a run, a study, a learning rate sweep
 * and a scaling prediction. It makes text and computes nothing but means over runs.
 */
package ai.softlabel.report;
