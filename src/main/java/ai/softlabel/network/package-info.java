/**
 * The residual networks: their architecture, the names and places of their parameters, how they begin, and safetensors
 * files. It builds on {@code bigdl} and knows nothing of Spark, pictures or training.
 */
package ai.softlabel.network;
