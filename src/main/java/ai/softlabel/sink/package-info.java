/**
 * Listeners that send a training's events to MLflow and TensorBoard. Spark loads them if {@code spark.extraListeners}
 * names them. They are packed in a separate jar, {@code softlabel-sinks.jar}, and no other package may use them. A sink
 * that fails logs one warning and stops; training continues.
 */
package ai.softlabel.sink;
