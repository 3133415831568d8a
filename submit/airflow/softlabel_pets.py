"""Softlabel on Airflow 3: check the data, train, calibrate, evaluate against a gate, publish.

Every task is a spark-submit of Softlabel's job by the connection `spark_default`. A run of the DAG has a folder of its own below
the param `out`, named by its run id, so that a task that is tried again finds what its last try left: training goes on from the
newest checkpoint, the others write over what they wrote. A model is published only when its test error and recalibrated ECE are
within the limits.

SOFTLABEL_HOME is Softlabel's folder where the drivers run: a checkout, with conf/ and target/softlabel-job.jar, or a distribution,
with conf/ and jars/softlabel-job.jar. Paths are of any file system
that Hadoop and Airflow's object storage both know: a folder that all machines see, or hdfs://, s3a:// and so on.
"""
from __future__ import annotations

import json
import os
import re
from datetime import timedelta

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG, ObjectStoragePath, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

HOME = os.environ.get("SOFTLABEL_HOME") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
JAR = f"{HOME}/{'jars' if os.path.isdir(f'{HOME}/jars') else 'target'}/softlabel-job.jar"
RUN = "{{ params.out }}/{{ run_id | folder }}"


def folder(run_id: str) -> str:
    """A run id as the name of a folder: Hadoop's paths take no colons."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", run_id)


class SoftlabelOperator(SparkSubmitOperator):
    """spark-submit of Softlabel's job; what another try can't mend, wrong options or data (status 2 and 3), is not tried again."""

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowException as e:
            if re.search(r"Error code is: [23]\b", str(e)):
                raise AirflowFailException(str(e)) from e
            raise


def softlabel(command: str, **arguments: str) -> SoftlabelOperator:
    """A task of the command's name; arguments are the command's options, by name."""
    args = [command]
    for name, value in arguments.items():
        args += [f"--{name.replace('_', '-')}"] + ([] if value is True else [value])
    return SoftlabelOperator(
        task_id=command,
        conn_id="spark_default",
        name=f"softlabel {command}",
        application=JAR,
        java_class="ai.softlabel.cli.Main",
        application_args=args,
        properties_file=f"{HOME}/conf/{{{{ params.spark }}}}.conf",
        conf={"spark.driver.memory": "{{ params.driver_memory }}"},
        env_vars={"SOFTLABEL_HOME": HOME},
        # A driver that Airflow's worker lost is submitted anew and goes on from the checkpoint.
        durable=False,
    )


@task(retries=0)
def gate() -> dict[str, float]:
    """The figures, where both are within their limits; fails with the figures where one is not."""
    context = get_current_context()
    params = context["params"]
    report = json.loads(ObjectStoragePath(f"{params['out']}/{folder(context['run_id'])}/evaluated/report.json").read_text())
    figures = {"error": report["test"]["error"], "ece": report["recalibrated"]["ece"]}
    over = [f"expected {name} of at most {params['max_' + name]:.4f}, found {value:.4f} on {report['test']['count']} pictures"
            for name, value in figures.items() if value > params["max_" + name]]
    if over:
        raise AirflowFailException("; ".join(over) + "; nothing is published")
    return figures


@task
def publish(figures: dict[str, float]) -> str:
    """Copies the model to the param `publish`, in a folder of its own, and names that in current.json, last of all."""
    context = get_current_context()
    params, name = context["params"], folder(context["run_id"])
    run, shelf = ObjectStoragePath(f"{params['out']}/{name}/run"), ObjectStoragePath(params["publish"])
    (shelf / name).mkdir(parents=True, exist_ok=True)
    for file in ("model.safetensors", "model.json", "calibration.json", "report.json"):
        if (run / file).exists():
            (shelf / name / file).write_bytes((run / file).read_bytes())
    (shelf / "current.json").write_text(json.dumps({"model": str(shelf / name), "run_id": context["run_id"], **figures}, indent=2))
    print(f"published {shelf / name}: error {figures['error']:.4f}, recalibrated ECE {figures['ece']:.4f}")
    return str(shelf / name)


with DAG(
    dag_id="softlabel_pets",
    description="Train a classifier of pets on Spark, and publish it if its error and calibration are good enough",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    tags=["softlabel"],
    user_defined_filters={"folder": folder},
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
    data = {"data": "{{ params.data }}"}
    seed = {"seed": "{{ params.seed }}"}
    check = softlabel("inspect", **data, **seed, out=f"{RUN}/inspected", replace=True)
    train = softlabel("train", **data, **seed, out=f"{RUN}/run", profile="{{ params.profile }}", weights="{{ params.weights }}",
                      replicas="{{ params.replicas }}", resume=True)
    calibrate = softlabel("calibrate", model=f"{RUN}/run")
    evaluate = softlabel("evaluate", **data, model=f"{RUN}/run", out=f"{RUN}/evaluated", replace=True)
    passed = gate()
    check >> train >> calibrate >> evaluate >> passed
    publish(passed)
