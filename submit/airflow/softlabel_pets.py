"""Softlabel on Airflow 3: check the data, train, calibrate, evaluate against a gate, publish.

Every task is a spark-submit of Softlabel's job by the connection `spark_default`. A run of the DAG has a folder of its own below
the param `out`, named by its run id (run_folder), so that a task that is tried again finds what its last try left: training goes on from the
newest checkpoint, the others write over what they wrote. A model is published only when its test error and recalibrated ECE are
within the limits.

SOFTLABEL_HOME is Softlabel's folder where the drivers run: a checkout, with conf/ and target/softlabel-job.jar, or a distribution,
with conf/ and jars/softlabel-job.jar. Paths are of any file system
that Hadoop and Airflow's object storage both know: a folder that all machines see, or hdfs://, s3a:// and so on.
"""
from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import DAG, Asset, Param

from softlabel_airflow import (
    SoftlabelEvaluateOperator,
    SoftlabelGateOperator,
    SoftlabelOperator,
    SoftlabelPublishOperator,
    SoftlabelTrainOperator,
    run_folder,
)

RUN = "{{ params.out }}/{{ run_id | folder }}"
HOME = os.environ.get("SOFTLABEL_HOME") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
MODEL = Asset(name="softlabel_pets_model", uri="softlabel://models/pets")


with DAG(
    dag_id="softlabel_pets",
    description="Train a classifier of pets on Spark, and publish it if its error and calibration are good enough",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    tags=["softlabel"],
    user_defined_filters={"folder": run_folder},
    default_args={"retries": 2, "retry_delay": timedelta(seconds=int(os.environ.get("SOFTLABEL_RETRY_SECONDS", "60")))},
    params={
        "data": Param("/data/pets", type="string", minLength=1, description="pictures, in the pets' layout or a folder for each class"),
        "weights": Param("none", type="string", description="pretrained weights, a safetensors file, or none"),
        "out": Param("/data/runs", type="string", minLength=1, description="where runs are kept"),
        "publish": Param("/data/models", type="string", minLength=1, description="where published models are kept"),
        "profile": Param("pets-resnet50", type="string", pattern="^[A-Za-z0-9_,-]+$", description="the recipe, conf/NAME.conf"),
        "spark": Param("spark-standalone", type="string", pattern="^[A-Za-z0-9_-]+$", description="Spark's settings, conf/NAME.conf"),
        "driver_memory": Param("4g", type="string", pattern="^[0-9]+[mg]$"),
        "replicas": Param(2, type="integer", minimum=1, description="replicas of the model: part of the recipe"),
        "seed": Param(1, type="integer"),
        "max_error": Param(0.10, type="number", minimum=0, maximum=1, description="highest test error that is published"),
        "max_ece": Param(0.03, type="number", minimum=0, maximum=1, description="highest recalibrated test ECE that is published"),
    },
) as dag:
    data, seed = "{{ params.data }}", "{{ params.seed }}"
    spark = {
        "conn_id": "spark_default",
        "properties_file": f"{HOME}/conf/{{{{ params.spark }}}}.conf",
        "conf": {"spark.driver.memory": "{{ params.driver_memory }}"},
    }
    check = SoftlabelOperator(
        task_id="inspect", command="inspect", options={"data": data, "seed": seed, "out": f"{RUN}/inspected", "replace": True}, **spark)
    recipe = {"seed": seed, "profile": "{{ params.profile }}", "weights": "{{ params.weights }}", "replicas": "{{ params.replicas }}"}
    train = SoftlabelTrainOperator(task_id="train", data=data, out=f"{RUN}/run", options=recipe, **spark)
    calibrate = SoftlabelOperator(task_id="calibrate", command="calibrate", options={"model": f"{RUN}/run"}, **spark)
    evaluate = SoftlabelEvaluateOperator(task_id="evaluate", model=f"{RUN}/run", data=data, out=f"{RUN}/evaluated", **spark)
    gate = SoftlabelGateOperator(
        task_id="gate", evaluated=f"{RUN}/evaluated", max_error="{{ params.max_error }}", max_ece="{{ params.max_ece }}")
    publish = SoftlabelPublishOperator(task_id="publish", run_dir=f"{RUN}/run", shelf="{{ params.publish }}", figures=gate.output, asset=MODEL)
    check >> train >> calibrate >> evaluate >> gate >> publish
