"""The wheel in an environment of its own: pytest test_library.py."""

import json

import matplotlib
import mlflow.spark
import numpy as np
import pytest
import softlabel
from matplotlib import pyplot
from mypy import api
from py4j.protocol import Py4JJavaError
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.evaluation import MulticlassClassificationEvaluator
from pyspark.sql.functions import col

matplotlib.use("agg")

STAGES = [
    softlabel.ImageClassifier,
    softlabel.ImageClassificationModel,
    softlabel.ProbabilityCalibrator,
    softlabel.ProbabilityCalibratorModel,
    softlabel.CalibrationEvaluator,
]


@pytest.fixture(scope="session")
def spark():
    session = softlabel.session(master="local[2]", memory="2g", spark__ui__enabled="false")
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
    return spark.createDataFrame(rows, f"name string, image {image}, label int").repartition(3).cache()


@pytest.fixture(scope="session")
def classifier(spark):
    return softlabel.ImageClassifier(
        featuresCol="image", imageSize=64, batchSize=12, replicas=2, epochs=1, validation=0.25
    )


@pytest.fixture(scope="session")
def run_dir(tmp_path_factory):
    return str(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="session")
def model(classifier, pictures, run_dir):
    return classifier.copy().setRunDir(run_dir).fit(pictures)


def answers(model, pictures):
    rows = model.transform(pictures).select("name", "rawPrediction", "probability", "prediction")
    return sorted(rows.collect(), key=lambda r: r["name"])


@pytest.mark.parametrize("stage", STAGES)
def test_params_and_defaults_are_javas(spark, stage):
    java = getattr(spark._jvm.ai.softlabel.ml, stage.__name__)("uid")
    own = stage() if stage in (STAGES[0], STAGES[2], STAGES[4]) else None
    found = {p.name(): p for p in java.params()}
    names = {n for n in dir(stage) if not n.startswith("_") and type(getattr(stage, n)).__name__ == "Param"}
    assert names == set(found)
    for name, param in found.items():
        assert getattr(stage, name).doc == param.doc()
        if own is not None:
            default = java.getDefault(param)
            assert own.hasDefault(name) == default.isDefined(), name
            if default.isDefined():
                assert own.getOrDefault(name) == default.get(), name
                capital = name[0].upper() + name[1:]
                getattr(own, "set" + capital)(own.getOrDefault(name))
                assert getattr(own, "get" + capital)() == default.get()
        assert stage.__doc__


def test_a_model_is_saved_and_loaded_in_python_and_in_java(spark, model, pictures, tmp_path):
    before = answers(model, pictures)
    assert model.labels == ["0", "1"]
    assert model.numClasses == 2
    model.save(str(tmp_path / "model"))
    loaded = softlabel.ImageClassificationModel.load(str(tmp_path / "model"))
    assert answers(loaded, pictures) == before
    assert loaded.summary.objectiveHistory == model.summary.objectiveHistory
    assert loaded.summary.totalIterations == 1
    assert loaded.summary.report["training"]["epochs"] == 1
    calibrator = softlabel.ProbabilityCalibrator(method="temperature")
    fitted = Pipeline(stages=[model, calibrator]).fit(pictures)
    fitted.save(str(tmp_path / "pipeline"))
    again = PipelineModel.load(str(tmp_path / "pipeline"))
    column = "calibratedProbability"
    expected = [r[0] for r in fitted.transform(pictures).select(column).collect()]
    assert [r[0] for r in again.transform(pictures).select(column).collect()] == expected
    assert again.stages[1].calibration == "temperature"
    java = spark._jvm.org.apache.spark.ml.PipelineModel.load(str(tmp_path / "pipeline"))
    java.write().overwrite().save(str(tmp_path / "by-java"))
    back = PipelineModel.load(str(tmp_path / "by-java"))
    assert isinstance(back.stages[0], softlabel.ImageClassificationModel)
    assert answers(back.stages[0], pictures) == before


def test_the_model_abstains_and_makes_sets(spark, model, pictures, tmp_path):
    own = model.copy().setMinCoverage(0.5).setCoverage(0.8).setPredictionSetCol("classes")
    rows = own.transform(pictures).select("abstain", "classes").collect()
    assert len(rows) == 48
    assert {type(r["abstain"]) for r in rows} == {bool}
    assert all(set(r["classes"]) <= {"0", "1"} for r in rows)
    own.save(str(tmp_path / "own"))
    loaded = softlabel.ImageClassificationModel.load(str(tmp_path / "own"))
    assert loaded.getCoverage() == 0.8
    assert loaded.transform(pictures).select("abstain", "classes").collect() == rows
    assert "abstain" not in model.transform(pictures).columns
    with pytest.raises(Py4JJavaError, match="expected maxError or minCoverage, found both"):
        own.copy().setMaxError(0.1).transform(pictures)


def test_the_estimator_is_saved_and_loaded(classifier, tmp_path):
    classifier.save(str(tmp_path / "estimator"))
    loaded = softlabel.ImageClassifier.load(str(tmp_path / "estimator"))
    assert loaded.uid == classifier.uid
    assert loaded.getValidation() == 0.25
    assert {p.name: v for p, v in loaded.extractParamMap().items()} == {
        p.name: v for p, v in classifier.extractParamMap().items()
    }


def test_metrics_are_those_of_spark_where_it_has_them(model, pictures):
    scored = model.transform(pictures).withColumn("label", col("label").cast("double"))
    error = softlabel.CalibrationEvaluator(metricName="error").evaluate(scored)
    accuracy = MulticlassClassificationEvaluator(metricName="accuracy").evaluate(scored)
    assert error == pytest.approx(1 - accuracy)
    assert not softlabel.CalibrationEvaluator().isLargerBetter()


def test_a_run_is_read_with_pandas(run_dir, model, pictures):
    path = run_dir
    run = softlabel.Run(path)
    assert run.report["command"] == "train"
    assert run.report["data"]["validation"] == 12
    assert len(run.epochs) == 1
    assert run.classes == ["0", "1"]
    assert set(run.predictions["split"]) == {"validation"}
    assert len(run.predictions) == 12
    same = softlabel.ImageClassificationModel.fromRun(path).setFeaturesCol("image")
    assert answers(same, pictures) == answers(model, pictures)
    with pytest.raises(FileNotFoundError, match="expected a finished run"):
        softlabel.Run("nowhere")


def bins(accuracy):
    """15 bins, of which the last two hold pictures."""
    empty = [{"low": b / 15, "high": (b + 1) / 15, "count": 0, "confidence": 0, "accuracy": 0} for b in range(15)]
    empty[13].update(count=10, confidence=0.9, accuracy=0.8)
    empty[14].update(count=30, confidence=0.96, accuracy=accuracy)
    return empty


def test_plots_show_the_figures_of_the_report(tmp_path, run_dir, model):
    curve = [{"coverage": 0.5, "risk": 0.0}, {"coverage": 1.0, "risk": 0.1}]
    test = {"count": 40, "error": 0.1, "ece": 0.051, "aurc": 0.02, "bins": bins(0.9), "risk_coverage": curve}
    recalibrated = {"chosen": "temperature", "ece": 0.012, "bins": bins(0.95)}
    (tmp_path / "report.json").write_text(json.dumps({"test": test, "recalibrated": recalibrated}))
    run = softlabel.Run(tmp_path)
    drawn = run.plot_reliability()
    diagonal, raw, corrected = (line.get_xydata().tolist() for line in drawn.lines)
    assert diagonal == [[0, 0], [1, 1]]
    assert raw == [[0.9, 0.8], [0.96, 0.9]]
    assert corrected == [[0.9, 0.8], [0.96, 0.95]]
    labels = [text.get_text() for text in drawn.get_legend().get_texts()]
    assert labels == ["model, ECE 0.051", "temperature, ECE 0.012"]
    assert drawn.collections[0].get_sizes().tolist() == [12 + 400 * 10 / 40, 12 + 400 * 30 / 40]
    own = pyplot.subplots()[1]
    assert run.plot_risk_coverage(own) is own
    assert own.lines[0].get_xydata().tolist() == [[0.5, 0.0], [1.0, 0.1]]
    with pytest.raises(ValueError, match="expected a run with a test part, found none"):
        softlabel.Run(run_dir).plot_reliability()
    pyplot.close("all")


def test_mlflow_saves_and_loads_a_model(spark, model, pictures, tmp_path):
    mlflow.spark.save_model(model, str(tmp_path / "saved"), dfs_tmpdir=str(tmp_path / "copy"), pip_requirements=["softlabel"])
    loaded = mlflow.spark.load_model(str(tmp_path / "saved"), dfs_tmpdir=str(tmp_path / "copy"))
    assert isinstance(loaded.stages[0], softlabel.ImageClassificationModel)
    assert answers(loaded, pictures) == answers(model, pictures)


def test_types_are_complete():
    checked = api.run(["--strict", "--cache-dir=/dev/null", "-p", "softlabel", "-p", "ai.softlabel"])
    assert checked[2] == 0, checked[0]
    use = "import softlabel; reveal_type(softlabel.ImageClassifier().getEpochs()); softlabel.Run(1)"
    found = api.run(["--strict", "--cache-dir=/dev/null", "-c", use])[0]
    assert 'Revealed type is "int"' in found or 'Revealed type is "builtins.int"' in found, found
    assert 'incompatible type "int"' in found, found


def test_the_sample_has_pictures_of_both_parts(spark):
    rows = softlabel.sample(classes=2).collect()
    assert len({r.breed for r in rows}) == 2
    assert {r.test for r in rows} == {True, False}
    assert all(r.content[:2] == b"\xff\xd8" and r.breed in r.path for r in rows)


def test_the_session_is_joined(spark):
    assert softlabel.session() is spark
    assert softlabel.__version__
