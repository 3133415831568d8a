/**
 * Passes a training's events on to other systems, as listeners that Spark loads where {@code spark.extraListeners}
 * names them. They lie in a jar of their own, {@code softlabel-sinks.jar}, which is on no class path unless it is asked
 * for; nothing else may use them. A sink that fails says so once, and training goes on.
 */
package ai.softlabel.sink;
