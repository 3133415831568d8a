/**
 * Optimisers, learning rate schedules, parameter groups and gradient norms. They work on any range of plain arrays, so
 * that tasks can divide the work. It uses the model's parameter table, and nothing of Spark, data or replicas.
 */
package ai.softlabel.optim;
