"""The stages over Spark Connect, against the server that PySpark carries: pytest test_connect.py."""

import os
import socket
import subprocess
import time
from pathlib import Path

import numpy as np
import pyspark
import pytest
import softlabel
from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import SparkSession
from pyspark.sql.functions import col

SPARK = Path(pyspark.__path__[0])


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server in a process of its own, with the wheel's jar."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [str(SPARK / "bin" / "spark-submit"), "--master", "local[2]", "--driver-memory", "2g"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--jars", softlabel.jar()]
    for setting in ("ui.enabled=false", "connect.grpc.binding.address=127.0.0.1", f"connect.grpc.binding.port={port}"):
        command += ["--conf", "spark." + setting]
    with open(log, "w") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "SPARK_HOME": str(SPARK)}
        )
        try:
            for _ in range(240):
                if process.poll() is not None:
                    break
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.5)
            assert process.poll() is None, log.read_text()
            yield f"sc://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="session")
def spark(server):
    session = SparkSession.builder.remote(server).getOrCreate()
    assert "connect" in type(session).__module__
    yield session
    session.stop()


@pytest.fixture(scope="session")
def pictures(spark):
    """Red and blue squares in noise, as the image source's struct."""
    random = np.random.default_rng(1)
    rows = []
    for i in range(48):
        data = random.integers(0, 120, (64, 64, 3), dtype=np.uint8)
        data[20:44, 20:44, 2 if i % 2 else 0] = 255
        rows.append((f"picture {i}", (f"{i}", 64, 64, 3, 16, data.tobytes()), i % 2))
    image = "struct<origin:string,height:int,width:int,nChannels:int,mode:int,data:binary>"
    return spark.createDataFrame(rows, f"name string, image {image}, label int").repartition(3)


@pytest.fixture(scope="session")
def run_dir(tmp_path_factory):
    return str(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="session")
def classifier(spark, run_dir):
    return softlabel.ImageClassifier(
        featuresCol="image", imageSize=64, batchSize=12, replicas=2, epochs=1, validation=0.25, runDir=run_dir
    )


@pytest.fixture(scope="session")
def model(classifier, pictures):
    return classifier.fit(pictures)


def answers(model, pictures):
    rows = model.transform(pictures).select("name", "rawPrediction", "probability", "prediction").collect()
    return sorted(((r[0], list(r[1].toArray()), list(r[2].toArray()), r[3]) for r in rows), key=lambda r: r[0])


def test_a_model_is_trained_and_transforms(model, pictures, run_dir):
    found = answers(model, pictures)
    assert len(found) == 48
    assert all(abs(sum(p) - 1) < 1e-9 and r[p.index(max(p))] == max(r) for _, r, p, _ in found)
    run = softlabel.Run(run_dir)
    assert run.report["data"]["train"] == 48
    assert run.classes == ["0", "1"]


def test_a_model_is_saved_and_loaded(model, pictures, tmp_path):
    model.save(str(tmp_path / "model"))
    loaded = softlabel.ImageClassificationModel.load(str(tmp_path / "model"))
    assert answers(loaded, pictures) == answers(model, pictures)


def test_a_pipeline_is_fitted_saved_and_loaded(classifier, pictures, tmp_path):
    own = classifier.copy().setRunDir(str(tmp_path / "run"))
    calibrator = softlabel.ProbabilityCalibrator(method="temperature")
    fitted = Pipeline(stages=[own, calibrator]).fit(pictures)
    column = "calibratedProbability"
    expected = {r[0]: r[1] for r in fitted.transform(pictures).select("name", column).collect()}
    assert len(expected) == 48
    fitted.save(str(tmp_path / "pipeline"))
    again = PipelineModel.load(str(tmp_path / "pipeline"))
    assert {r[0]: r[1] for r in again.transform(pictures).select("name", column).collect()} == expected


def test_abstention_and_sets(model, pictures):
    own = model.copy().setMinCoverage(0.5).setCoverage(0.8)
    rows = own.transform(pictures).select("abstain", "predictionSet").collect()
    assert len(rows) == 48
    assert all(type(r["abstain"]) is bool and set(r["predictionSet"]) <= {"0", "1"} for r in rows)


def test_the_evaluator(model, pictures):
    scored = model.transform(pictures).withColumn("label", col("label").cast("double"))
    rows = scored.select("label", "prediction").collect()
    error = softlabel.CalibrationEvaluator(metricName="error").evaluate(scored)
    assert error == pytest.approx(sum(r[0] != r[1] for r in rows) / len(rows))


def test_what_connect_does_not_answer_is_said_in_one_line(model):
    for name in ("labels", "numClasses", "calibration", "hasSummary", "summary"):
        with pytest.raises(NotImplementedError, match="over Spark Connect"):
            getattr(model, name)
    with pytest.raises(NotImplementedError, match="over Spark Connect"):
        softlabel.ImageClassificationModel.fromRun("nowhere")
