/**
 * The networks: their descriptions, and what follows from one: the names and places of parameters, how they start,
 * layers that learn or score, folded BatchNorms, safetensors files and the ONNX export. It builds on {@code bigdl} and
 * knows nothing of Spark, pictures or training.
 */
package ai.softlabel.network;
