"""Spark applications against the operator's own models and Spark's settings: check_applications.py CONF FILE...

The models are generated from the operator's API, as its CRDs are. A field that they do not know is lost on the way through them.
What the applications and the properties file CONF both say must be the same.
"""

import sys

import yaml
from kubeflow_spark_api.models.spark_v1beta2_spark_application import SparkV1beta2SparkApplication

# What the operator says in its own way, or a pod's variables do.
OTHERWISE = {
    "spark.master",
    "spark.submit.deployMode",
    "spark.kubernetes.driver.request.cores",
    "spark.executorEnv.KMP_BLOCKTIME",
    "spark.kubernetes.driverEnv.KMP_BLOCKTIME",
    "spark.kubernetes.driverEnv.SOFTLABEL_HOME",
}


def settings(application: dict) -> dict:
    spec = application["spec"]
    found = dict(spec["sparkConf"])
    found["spark.kubernetes.container.image"] = spec["image"]
    found["spark.kubernetes.namespace"] = application["metadata"]["namespace"]
    found["spark.kubernetes.authenticate.driver.serviceAccountName"] = spec["driver"]["serviceAccount"]
    found["spark.executor.cores"] = str(spec["executor"]["cores"])
    found["spark.executor.instances"] = str(spec["executor"]["instances"])
    for pod in ("driver", "executor"):
        found[f"spark.{pod}.memory"] = spec[pod]["memory"]
        found[f"spark.{pod}.memoryOverhead"] = spec[pod]["memoryOverhead"]
    return found


with open(sys.argv[1], encoding="utf-8") as lines:
    conf = dict(line.strip().split("=", 1) for line in lines if line.strip() and not line.startswith("#"))
expected = {name: value for name, value in conf.items() if name not in OTHERWISE}
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        given = yaml.safe_load(file)
    read = SparkV1beta2SparkApplication.from_dict(given).to_dict()
    # Not part of what is given.
    read.pop("status", None)
    assert read == given, f"{path}: {given}\nread as {read}"
    assert settings(given) == expected, f"{path}: {settings(given)}\nand {sys.argv[1]}: {expected}"
