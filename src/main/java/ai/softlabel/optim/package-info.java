/**
 * How weights follow gradients: schedules, optimisers, parameter groups, norms. It works on plain arrays and any range
 * of them, so that the work can be shared out; it knows the model's parameters, and nothing of Spark, data or replicas.
 */
package ai.softlabel.optim;
