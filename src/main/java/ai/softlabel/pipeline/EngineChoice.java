package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.network.ModelState;
import ai.softlabel.onnx.OnnxRuntime;
import ai.softlabel.score.EngineSpeed;
import ai.softlabel.score.Predictor;
import ai.softlabel.score.ScoringEngine;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.JobDescription;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** What computes the network when pictures are scored: {@code --engine}. */
public enum EngineChoice {
    BIGDL,
    ONNXRUNTIME,
    /** The faster one, by a short measurement. */
    AUTO;

    /** As it is said on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of all, as they are said on the command line. */
    public static String[] words() {
        return Arrays.stream(values()).map(EngineChoice::toString).toArray(String[]::new);
    }

    /** The choice of a name; empty where there is none. */
    public static Optional<EngineChoice> parse(String word) {
        return Arrays.stream(values()).filter(c -> c.toString().equals(word)).findFirst();
    }

    /** @throws JobException of status 2 where it needs ONNX Runtime, and this process has none */
    public EngineChoice checked() {
        if (this == ONNXRUNTIME) {
            OnnxRuntime.require("--engine onnxruntime");
        }
        return this;
    }

    /**
     * The model with the engine that is chosen. {@link #AUTO} measures in one of Spark's tasks, where pictures will be
     * scored, and says in a line what it found.
     */
    public TrainedModel of(TrainedModel trained, Session session, ConsoleProgress console) {
        if (this != AUTO) {
            return trained.with(checked().fixed());
        }
        JavaSparkContext spark = session.spark();
        Predictor predictor =
                trained.predictor(session.cluster().threads(session.cluster().slots()));
        Broadcast<ModelState> sent = spark.broadcast(trained.state());
        try (JobDescription what = JobDescription.of(spark, "measure engines")) {
            EngineSpeed speed = spark.parallelize(List.of(0), 1)
                    .map(any -> EngineSpeed.measure(predictor, sent.value()))
                    .first();
            console.print("%s", line(speed));
            return trained.with(speed.faster());
        } finally {
            Broadcasts.destroy(sent);
        }
    }

    /** The model with the engine that is chosen, for this process. {@link #AUTO} measures here. */
    public TrainedModel here(TrainedModel trained, int threads) {
        if (this != AUTO) {
            return trained.with(checked().fixed());
        }
        return trained.with(
                EngineSpeed.measure(trained.predictor(threads), trained.state()).faster());
    }

    private ScoringEngine fixed() {
        return this == ONNXRUNTIME ? ScoringEngine.ONNXRUNTIME : ScoringEngine.BIGDL;
    }

    /** What a measurement found. */
    static String line(EngineSpeed speed) {
        return speed.onnxRuntime() == 0
                ? "engine bigdl: ONNX Runtime is not on the class path"
                : String.format(
                        Locale.ROOT,
                        "engine %s: bigdl %.0f, onnxruntime %.0f pictures/s in a task",
                        speed.faster(),
                        speed.bigDl(),
                        speed.onnxRuntime());
    }
}
