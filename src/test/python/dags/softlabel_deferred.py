"""A training whose driver runs on a worker, and whose task waits in the triggerer meanwhile: AirflowSchedulerIT lets it end well, fail, and be stopped."""
from __future__ import annotations

import os

from airflow.sdk import DAG, Param

from softlabel_airflow import SoftlabelTrainOperator

with DAG(
    dag_id="softlabel_deferred",
    schedule=None,
    catchup=False,
    params={"data": Param("", type="string"), "out": Param("", type="string"), "epochs": Param(1, type="integer")},
) as dag:
    SoftlabelTrainOperator(
        task_id="train",
        data="{{ params.data }}",
        out="{{ params.out }}",
        options={"image-size": 64, "lr": 0.02, "head-lr-factor": 1, "batch-size": 16, "replicas": 1, "epochs": "{{ params.epochs }}"},
        conn_id="spark_default",
        properties_file=f"{os.environ['SOFTLABEL_HOME']}/conf/spark-test.conf",
        conf={"spark.driver.memory": "2g"},
        deploy_mode="cluster",
        deferrable=True,
        poll_seconds=1,
    )
