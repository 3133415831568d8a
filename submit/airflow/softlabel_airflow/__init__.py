"""Operators of Softlabel for Airflow 3. Each submits Softlabel's job by a connection of the Spark provider."""

from softlabel_airflow.operators import (
    SoftlabelEvaluateOperator,
    SoftlabelOperator,
    SoftlabelPredictOperator,
    SoftlabelTrainOperator,
)
from softlabel_airflow.publish import SoftlabelGateOperator, SoftlabelPublishOperator
from softlabel_airflow.runs import run_folder

__all__ = [
    "SoftlabelEvaluateOperator",
    "SoftlabelGateOperator",
    "SoftlabelOperator",
    "SoftlabelPredictOperator",
    "SoftlabelPublishOperator",
    "SoftlabelTrainOperator",
    "run_folder",
]
