/**
 * All contact with Spark's internals: barrier stages from Java, messages between executors, the plugin's channel, what
 * the cluster has to offer. It knows nothing of models, pictures or training.
 */
package ai.softlabel.spark;
