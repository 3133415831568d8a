/**
 * All contact with BigDL's Scala: starting its engine, making layers, compiling them to graphs of native kernels,
 * tensors over plain arrays. The order of the backward pass and the layout of native memory are ours. Everything else
 * sees Java types only. Of BigDL, only the criteria touch more: they extend its {@code TensorCriterion}. This room
 * knows nothing of Spark, pictures or training.
 */
package ai.softlabel.bigdl;
